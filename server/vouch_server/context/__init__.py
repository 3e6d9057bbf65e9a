"""What a generator is shown of the code around the cursor."""
