"""The bundled example: a small file with holes, and candidates written by hand that were never a model's."""
