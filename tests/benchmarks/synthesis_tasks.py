"""Everyday utility functions to be written from their documentation alone, with held-out checks.

Each task is a header, a docstring with examples, and pairs of a call and what it must give that nobody is shown.
"""

Task = tuple[str, str, tuple[tuple[str, str], ...]]

TASKS: tuple[Task, ...] = (
    (
        "def mean(numbers):",
        "Average of the numbers.\n\n>>> mean([1, 2, 3])\n2.0\n>>> mean([1, 2])\n1.5",
        (("mean([4])", "4.0"), ("mean([1, 2, 3, 10])", "4.0")),
    ),
    (
        "def is_palindrome(text: str) -> bool:",
        'Whether text reads the same backwards.\n\n>>> is_palindrome("racecar")\nTrue\n>>> is_palindrome("hello")\nFalse',
        (('is_palindrome("noon")', "True"), ('is_palindrome("ab")', "False"), ('is_palindrome("")', "True")),
    ),
    (
        "def initials(name):",
        "The initials of a full name, upper case.\n\n>>> initials(\"ada lovelace\")\n'AL'\n>>> initials(\"Grace Brewster Hopper\")\n'GBH'",
        (('initials("alan mathison turing")', "'AMT'"), ('initials("x")', "'X'")),
    ),
    (
        "def evens(numbers):",
        "Keep the even numbers.\n\n>>> evens([1, 2, 3, 4])\n[2, 4]\n>>> evens([5, 7])\n[]",
        (("evens([0, 3, 6])", "[0, 6]"), ("evens([])", "[]")),
    ),
    (
        "def chunks(items, size):",
        "Split items into lists of at most size.\n\n>>> chunks([1, 2, 3, 4, 5], 2)\n[[1, 2], [3, 4], [5]]\n>>> chunks([1, 2, 3], 3)\n[[1, 2, 3]]",
        (("chunks([1, 2], 1)", "[[1], [2]]"), ("chunks([], 2)", "[]")),
    ),
    (
        "def safe_mean(values):",
        "Mean, or 0.0 when there are no values.\n\n>>> safe_mean([])\n0.0\n>>> safe_mean([1, 2])\n1.5\n>>> safe_mean([4])\n4.0",
        (("safe_mean([1, 2, 3, 6])", "3.0"), ("safe_mean([-1, -3])", "-2.0")),
    ),
    (
        "def sign(n: int) -> int:",
        "1 for positive, -1 for negative, 0 for zero.\n\n>>> sign(5)\n1\n>>> sign(-3)\n-1\n>>> sign(0)\n0",
        (("sign(99)", "1"), ("sign(-1)", "-1"), ("sign(1)", "1"), ("sign(-40)", "-1")),
    ),
    (
        "def greet(name):",
        "Say hello.\n\n>>> greet(\"Ann\")\n'Hello, Ann!'\n>>> greet(\"Bob\")\n'Hello, Bob!'",
        (('greet("Zed Zulu")', "'Hello, Zed Zulu!'"),),
    ),
    (
        "def longest_word(words):",
        'The longest of the words.\n\n>>> longest_word(["a", "abc", "de"])\n\'abc\'\n>>> longest_word(["xx", "y"])\n\'xx\'',
        (('longest_word(["aa", "zzzz", "bbb"])', "'zzzz'"), ('longest_word(["kiwi"])', "'kiwi'")),
    ),
    (
        "def dot(a, b):",
        "Dot product of two vectors.\n\n>>> dot([1, 2, 3], [4, 5, 6])\n32\n>>> dot([1], [7])\n7",
        (("dot([0, 1], [5, 9])", "9"), ("dot([2, 2], [3, 4])", "14")),
    ),
    (
        "def count_vowels(text):",
        'How many vowels text has.\n\n>>> count_vowels("banana")\n3\n>>> count_vowels("sky")\n0\n>>> count_vowels("queue")\n4',
        (('count_vowels("education")', "5"), ('count_vowels("")', "0")),
    ),
    (
        "def reverse_words(sentence):",
        "Reverse the order of the words.\n\n>>> reverse_words(\"the quick fox\")\n'fox quick the'\n>>> reverse_words(\"hi\")\n'hi'",
        (('reverse_words("a b c d")', "'d c b a'"),),
    ),
    (
        "def clamp(value, low, high):",
        "Limit value to the range from low to high.\n\n>>> clamp(5, 0, 10)\n5\n>>> clamp(-1, 0, 10)\n0\n>>> clamp(11, 0, 10)\n10",
        (("clamp(7, 8, 9)", "8"), ("clamp(100, 1, 50)", "50"), ("clamp(3, 3, 3)", "3")),
    ),
    (
        "def factorial(n):",
        "Product of the numbers from 1 to n.\n\n>>> factorial(5)\n120\n>>> factorial(0)\n1\n>>> factorial(3)\n6",
        (("factorial(6)", "720"), ("factorial(1)", "1")),
    ),
    (
        "def fibonacci(n):",
        "The n-th Fibonacci number, counting from 0.\n\n>>> fibonacci(0)\n0\n>>> fibonacci(1)\n1\n>>> fibonacci(10)\n55\n>>> fibonacci(7)\n13",
        (("fibonacci(2)", "1"), ("fibonacci(12)", "144"), ("fibonacci(20)", "6765")),
    ),
    (
        "def gcd(a, b):",
        "Greatest common divisor.\n\n>>> gcd(12, 18)\n6\n>>> gcd(7, 3)\n1\n>>> gcd(100, 75)\n25",
        (("gcd(8, 12)", "4"), ("gcd(6, 4)", "2"), ("gcd(17, 17)", "17"), ("gcd(270, 192)", "6")),
    ),
    (
        "def is_prime(n):",
        "Whether n is a prime number.\n\n>>> is_prime(7)\nTrue\n>>> is_prime(9)\nFalse\n>>> is_prime(2)\nTrue\n>>> is_prime(1)\nFalse",
        (
            ("is_prime(13)", "True"),
            ("is_prime(25)", "False"),
            ("is_prime(15)", "False"),
            ("is_prime(97)", "True"),
        ),
    ),
    (
        "def unique(items):",
        "Items without duplicates, in their first order.\n\n>>> unique([3, 1, 3, 2, 1])\n[3, 1, 2]\n>>> unique([])\n[]",
        (("unique([1, 1, 1])", "[1]"), ('unique(["b", "a", "b"])', "['b', 'a']")),
    ),
    (
        "def flatten(rows):",
        "One list of all elements of the rows.\n\n>>> flatten([[1, 2], [3], []])\n[1, 2, 3]\n>>> flatten([])\n[]",
        (("flatten([[], [5]])", "[5]"), ("flatten([[1], [2, 3]])", "[1, 2, 3]")),
    ),
    (
        "def word_counts(words):",
        'How often each word occurs.\n\n>>> word_counts(["a", "b", "a"])\n{\'a\': 2, \'b\': 1}\n>>> word_counts([])\n{}',
        (('word_counts(["x", "x", "x"])', "{'x': 3}"),),
    ),
    (
        "def group_by_length(words):",
        "Words by their length.\n\n>>> group_by_length([\"a\", \"bb\", \"c\"])\n{1: ['a', 'c'], 2: ['bb']}\n>>> group_by_length([\"xyz\"])\n{3: ['xyz']}",
        (("group_by_length([])", "{}"), ('group_by_length(["aa", "bb"])', "{2: ['aa', 'bb']}")),
    ),
    (
        "def invert(mapping):",
        "Swap keys and values.\n\n>>> invert({\"a\": 1, \"b\": 2})\n{1: 'a', 2: 'b'}\n>>> invert({\"k\": 9})\n{9: 'k'}",
        (('invert({"x": 5, "y": 6, "z": 7})', "{5: 'x', 6: 'y', 7: 'z'}"), ("invert({})", "{}")),
    ),
    (
        "def running_total(numbers):",
        "Cumulative sums.\n\n>>> running_total([1, 2, 3])\n[1, 3, 6]\n>>> running_total([5])\n[5]",
        (
            ("running_total([1, 1, 1, 1])", "[1, 2, 3, 4]"),
            ("running_total([])", "[]"),
            ("running_total([-2, 5])", "[-2, 3]"),
        ),
    ),
    (
        "def running_max(numbers):",
        "The largest number so far, at each place.\n\n>>> running_max([1, 3, 2, 5, 4])\n[1, 3, 3, 5, 5]\n>>> running_max([2, 1])\n[2, 2]",
        (("running_max([-3, -5, -1])", "[-3, -3, -1]"), ("running_max([7])", "[7]")),
    ),
    (
        "def first_index(items, wanted):",
        "The index of wanted in items, or -1.\n\n>>> first_index([4, 5, 6], 5)\n1\n>>> first_index([4, 5, 6], 9)\n-1\n>>> first_index([7, 7], 7)\n0",
        (("first_index([], 1)", "-1"), ("first_index([1, 2, 3, 4], 4)", "3")),
    ),
    (
        "def transpose(matrix):",
        "Rows become columns.\n\n>>> transpose([[1, 2], [3, 4]])\n[[1, 3], [2, 4]]\n>>> transpose([[1, 2, 3]])\n[[1], [2], [3]]",
        (("transpose([[1], [2]])", "[[1, 2]]"),),
    ),
    (
        "def rotate_left(items, k):",
        "Move the first k items to the end.\n\n>>> rotate_left([1, 2, 3, 4], 1)\n[2, 3, 4, 1]\n>>> rotate_left([1, 2, 3, 4], 3)\n[4, 1, 2, 3]",
        (("rotate_left([1, 2, 3], 0)", "[1, 2, 3]"), ("rotate_left([9, 8, 7, 6, 5], 2)", "[7, 6, 5, 9, 8]")),
    ),
    (
        "def min_max(numbers):",
        "Smallest and largest number as a pair.\n\n>>> min_max([3, 1, 2])\n(1, 3)\n>>> min_max([5])\n(5, 5)",
        (("min_max([-1, 0, 8])", "(-1, 8)"),),
    ),
    (
        "def is_anagram(a, b):",
        'Whether two words are anagrams.\n\n>>> is_anagram("listen", "silent")\nTrue\n>>> is_anagram("abc", "abd")\nFalse',
        (('is_anagram("aab", "abb")', "False"), ('is_anagram("dusty", "study")', "True")),
    ),
    (
        "def slugify(title):",
        "A title as it stands in a URL.\n\n>>> slugify(\"Hello World\")\n'hello-world'\n>>> slugify(\"My First Post\")\n'my-first-post'",
        (('slugify("A b")', "'a-b'"), ('slugify("One Two Three Four")', "'one-two-three-four'")),
    ),
    (
        "def snake_to_camel(name):",
        "Convert snake_case to CamelCase.\n\n>>> snake_to_camel(\"hello_world\")\n'HelloWorld'\n>>> snake_to_camel(\"a_b_c\")\n'ABC'",
        (('snake_to_camel("get_user_name")', "'GetUserName'"), ('snake_to_camel("x")', "'X'")),
    ),
    (
        "def file_extension(path):",
        "The part after the last dot.\n\n>>> file_extension(\"photo.jpeg\")\n'jpeg'\n>>> file_extension(\"archive.tar.gz\")\n'gz'",
        (('file_extension("a.b.c.txt")', "'txt'"), ('file_extension("notes.md")', "'md'")),
    ),
    (
        "def celsius(fahrenheit):",
        "Convert degrees Fahrenheit to Celsius.\n\n>>> celsius(212)\n100.0\n>>> celsius(32)\n0.0\n>>> celsius(50)\n10.0",
        (("celsius(14)", "-10.0"), ("celsius(122)", "50.0")),
    ),
    (
        "def digit_sum(n):",
        "Sum of the decimal digits.\n\n>>> digit_sum(123)\n6\n>>> digit_sum(9)\n9\n>>> digit_sum(4005)\n9",
        (("digit_sum(0)", "0"), ("digit_sum(9999)", "36")),
    ),
    (
        "def squares(n):",
        "Squares of the numbers below n.\n\n>>> squares(4)\n[0, 1, 4, 9]\n>>> squares(1)\n[0]",
        (("squares(6)", "[0, 1, 4, 9, 16, 25]"), ("squares(0)", "[]")),
    ),
    (
        "def common(a, b):",
        "Sorted items that both lists share.\n\n>>> common([1, 2, 3], [3, 2, 5])\n[2, 3]\n>>> common([1], [4])\n[]",
        (("common([5, 4], [4, 5])", "[4, 5]"), ("common([], [1])", "[]")),
    ),
    (
        "def truncate(text, length):",
        "Text of at most length characters; three dots where something was cut.\n\n>>> truncate(\"hello world\", 5)\n'hello...'\n>>> truncate(\"hi\", 5)\n'hi'\n>>> truncate(\"abcdef\", 3)\n'abc...'",
        (('truncate("abc", 3)', "'abc'"), ('truncate("abcdefgh", 7)', "'abcdefg...'")),
    ),
    (
        "def total_price(prices, quantities):",
        "Total of prices times quantities.\n\n>>> total_price([2.5, 1.0], [2, 3])\n8.0\n>>> total_price([4.0], [1])\n4.0",
        (("total_price([0.5, 0.25], [2, 4])", "2.0"),),
    ),
    (
        "def sort_by_last(pairs):",
        "Pairs ordered by their second element.\n\n>>> sort_by_last([(1, 3), (2, 1), (0, 2)])\n[(2, 1), (0, 2), (1, 3)]\n>>> sort_by_last([(5, 9)])\n[(5, 9)]",
        (("sort_by_last([(9, 1), (1, 0)])", "[(1, 0), (9, 1)]"),),
    ),
    (
        "def median(numbers):",
        "The middle one of an odd count of numbers.\n\n>>> median([3, 1, 2])\n2\n>>> median([9, 7, 5, 3, 1])\n5\n>>> median([8])\n8",
        (("median([10, 2, 38, 23, 21])", "21"),),
    ),
    (
        "def is_leap(year):",
        "Whether the year is a leap year.\n\n>>> is_leap(2024)\nTrue\n>>> is_leap(2023)\nFalse\n>>> is_leap(1900)\nFalse\n>>> is_leap(2000)\nTrue",
        (
            ("is_leap(2100)", "False"),
            ("is_leap(1996)", "True"),
            ("is_leap(2400)", "True"),
            ("is_leap(2001)", "False"),
        ),
    ),
    (
        "def fizzbuzz(n):",
        "'Fizz' for multiples of 3, 'Buzz' for multiples of 5, 'FizzBuzz' for both, else the number as text.\n\n>>> fizzbuzz(3)\n'Fizz'\n>>> fizzbuzz(10)\n'Buzz'\n>>> fizzbuzz(15)\n'FizzBuzz'\n>>> fizzbuzz(7)\n'7'",
        (
            ("fizzbuzz(9)", "'Fizz'"),
            ("fizzbuzz(25)", "'Buzz'"),
            ("fizzbuzz(30)", "'FizzBuzz'"),
            ("fizzbuzz(8)", "'8'"),
        ),
    ),
    (
        "def remove_spaces(text):",
        "Text without its spaces.\n\n>>> remove_spaces(\"a b c\")\n'abc'\n>>> remove_spaces(\" x \")\n'x'",
        (('remove_spaces("no")', "'no'"), ('remove_spaces("  a  b")', "'ab'")),
    ),
    (
        "def pluralize(count, word):",
        "The count with the word, in the plural unless it is one.\n\n>>> pluralize(1, \"cat\")\n'1 cat'\n>>> pluralize(3, \"dog\")\n'3 dogs'\n>>> pluralize(0, \"car\")\n'0 cars'",
        (('pluralize(1, "egg")', "'1 egg'"), ('pluralize(12, "egg")', "'12 eggs'")),
    ),
    (
        "def distance(a, b):",
        "Absolute difference of two numbers.\n\n>>> distance(3, 7)\n4\n>>> distance(7, 3)\n4\n>>> distance(-1, 1)\n2",
        (("distance(5, 5)", "0"), ("distance(-4, -9)", "5")),
    ),
    (
        "def above_average(numbers):",
        "The numbers greater than the average.\n\n>>> above_average([1, 2, 6])\n[6]\n>>> above_average([1, 5, 6, 8])\n[6, 8]",
        (("above_average([4, 4])", "[]"), ("above_average([0, 10, 0])", "[10]")),
    ),
    (
        "def parse_pairs(text):",
        "Parse 'k=v' pairs separated by ';'.\n\n>>> parse_pairs(\"a=1;b=2\")\n{'a': '1', 'b': '2'}\n>>> parse_pairs(\"x=y\")\n{'x': 'y'}",
        (('parse_pairs("p=q;r=s;t=u")', "{'p': 'q', 'r': 's', 't': 'u'}"),),
    ),
    (
        "def hours_minutes(minutes):",
        "Minutes as hours and minutes.\n\n>>> hours_minutes(125)\n(2, 5)\n>>> hours_minutes(59)\n(0, 59)",
        (("hours_minutes(60)", "(1, 0)"), ("hours_minutes(181)", "(3, 1)")),
    ),
    (
        "def is_sorted(numbers):",
        "Whether the numbers are in ascending order.\n\n>>> is_sorted([1, 2, 2, 5])\nTrue\n>>> is_sorted([3, 1])\nFalse",
        (("is_sorted([])", "True"), ("is_sorted([1, 3, 2])", "False")),
    ),
    (
        "def mask(number):",
        "Hide all but the last 4 digits with '*'.\n\n>>> mask(\"12345678\")\n'****5678'\n>>> mask(\"999912\")\n'**9912'",
        (('mask("1234567")', "'***4567'"), ('mask("1111222233334444")', "'************4444'")),
    ),
    (
        "def second_largest(numbers):",
        "The second largest of distinct numbers.\n\n>>> second_largest([4, 9, 7])\n7\n>>> second_largest([1, 2])\n1",
        (("second_largest([10, 30, 20, 40])", "30"),),
    ),
    (
        "def merge_sorted(a, b):",
        "All items of both lists in order.\n\n>>> merge_sorted([1, 4], [2, 3])\n[1, 2, 3, 4]\n>>> merge_sorted([], [5])\n[5]",
        (("merge_sorted([1, 9], [0, 5, 10])", "[0, 1, 5, 9, 10]"),),
    ),
    (
        "def has_close(numbers, limit):",
        "Whether any two numbers are closer than limit.\n\n>>> has_close([1.0, 2.0, 3.0], 0.5)\nFalse\n>>> has_close([1.0, 2.8, 3.0, 4.0], 0.3)\nTrue\n>>> has_close([5.0, 1.0, 5.1], 0.2)\nTrue",
        (
            ("has_close([1.0, 9.0, 1.05], 0.1)", "True"),
            ("has_close([1.0, 2.0], 0.9)", "False"),
            ("has_close([4.0, 7.0], 0.4)", "False"),
        ),
    ),
    (
        "def filter_long(words, n):",
        'Words longer than n characters.\n\n>>> filter_long(["a", "abc", "abcd"], 2)\n[\'abc\', \'abcd\']\n>>> filter_long(["hi"], 2)\n[]',
        (
            ('filter_long(["x", "yy", "zzz"], 1)', "['yy', 'zzz']"),
            ('filter_long(["xxx", "y"], 2)', "['xxx']"),
        ),
    ),
    (
        "def join_upper(words):",
        'All words in upper case, joined with commas.\n\n>>> join_upper(["a", "b"])\n\'A,B\'\n>>> join_upper(["foo"])\n\'FOO\'',
        (('join_upper(["x", "y", "z"])', "'X,Y,Z'"),),
    ),
    (
        "def power_of_two(n):",
        "Whether n is a power of two.\n\n>>> power_of_two(8)\nTrue\n>>> power_of_two(6)\nFalse\n>>> power_of_two(1)\nTrue\n>>> power_of_two(12)\nFalse",
        (("power_of_two(64)", "True"), ("power_of_two(96)", "False"), ("power_of_two(7)", "False")),
    ),
    (
        "def last_word(sentence):",
        "The last word of a sentence.\n\n>>> last_word('to be or')\n'or'\n>>> last_word('hi')\n'hi'",
        (("last_word('a b c')", "'c'"),),
    ),
    (
        "def cube(n):",
        "Cube of a number.\n\n>>> cube(3)\n27\n>>> cube(2)\n8",
        (("cube(5)", "125"),),
    ),
    (
        "def count_words(text):",
        "Number of words in text.\n\n>>> count_words('a b c')\n3\n>>> count_words('')\n0",
        (("count_words('x  y')", "2"),),
    ),
    (
        "def area(radius):",
        "Area of a circle, with pi as 3.\n\n>>> area(2)\n12\n>>> area(1)\n3",
        (("area(3)", "27"),),
    ),
    (
        "def absolute_values(numbers):",
        "Absolute values of numbers.\n\n>>> absolute_values([1, -2])\n[1, 2]\n>>> absolute_values([-5])\n[5]",
        (("absolute_values([0,-1])", "[0, 1]"),),
    ),
    (
        "def merge_dicts(a, b):",
        "Merge two dictionaries; b wins.\n\n>>> merge_dicts({'x': 1}, {'x': 2, 'y': 3})\n{'x': 2, 'y': 3}\n>>> merge_dicts({}, {'q': 1})\n{'q': 1}",
        (("merge_dicts({'a':1},{})", "{'a': 1}"),),
    ),
    (
        "def keys_with_value(mapping, wanted):",
        "Keys whose value is wanted.\n\n>>> keys_with_value({'a': 1, 'b': 2, 'c': 1}, 1)\n['a', 'c']\n>>> keys_with_value({'x': 5}, 1)\n[]",
        (("keys_with_value({'p':3,'q':4},4)", "['q']"),),
    ),
    (
        "def even_or_odd(n):",
        "Tell 'even' or 'odd'.\n\n>>> even_or_odd(4)\n'even'\n>>> even_or_odd(7)\n'odd'\n>>> even_or_odd(0)\n'even'",
        (("even_or_odd(9)", "'odd'"), ("even_or_odd(12)", "'even'")),
    ),
    (
        "def repeat(text, times):",
        "Repeat text with dashes between.\n\n>>> repeat('ab', 3)\n'ab-ab-ab'\n>>> repeat('x', 1)\n'x'",
        (("repeat('q', 2)", "'q-q'"),),
    ),
    (
        "def positives(numbers):",
        "Only the positive numbers.\n\n>>> positives([1, -2, 3, 0])\n[1, 3]\n>>> positives([-1])\n[]",
        (("positives([5,-5,6])", "[5, 6]"),),
    ),
    (
        "def word_lengths(words):",
        "Map each word to its length.\n\n>>> word_lengths(['a', 'bcd'])\n{'a': 1, 'bcd': 3}\n>>> word_lengths(['xy'])\n{'xy': 2}",
        (("word_lengths([])", "{}"),),
    ),
    (
        "def range_sum(a, b):",
        "Sum of the integers from a to b inclusive.\n\n>>> range_sum(1, 4)\n10\n>>> range_sum(3, 5)\n12\n>>> range_sum(2, 2)\n2",
        (("range_sum(1, 10)", "55"),),
    ),
    (
        "def strip_all(lines):",
        "Strip white space of all lines and drop empty ones.\n\n>>> strip_all([' a ', '', 'b'])\n['a', 'b']\n>>> strip_all(['  '])\n[]",
        (("strip_all(['x ', ' y'])", "['x', 'y']"),),
    ),
    (
        "def pairwise_differences(numbers):",
        "Differences between neighbours.\n\n>>> pairwise_differences([1, 4, 9])\n[3, 5]\n>>> pairwise_differences([2, 2])\n[0]",
        (("pairwise_differences([5,1,0])", "[-4, -1]"),),
    ),
    (
        "def kebab(name):",
        "Convert snake_case to kebab-case.\n\n>>> kebab('a_b')\n'a-b'\n>>> kebab('foo_bar_baz')\n'foo-bar-baz'",
        (("kebab('x')", "'x'"),),
    ),
    (
        "def all_upper(words):",
        "Whether all words are upper case.\n\n>>> all_upper(['A', 'BC'])\nTrue\n>>> all_upper(['A', 'b'])\nFalse\n>>> all_upper(['x', 'Y'])\nFalse",
        (("all_upper(['AA'])", "True"), ("all_upper(['Q','R','s'])", "False")),
    ),
    (
        "def top(scores, n):",
        "The n highest scores, highest first.\n\n>>> top([3, 9, 5], 2)\n[9, 5]\n>>> top([1, 2, 3, 4], 1)\n[4]",
        (("top([7,8],2)", "[8, 7]"),),
    ),
    (
        "def percent(part, whole):",
        "What percent part is of whole.\n\n>>> percent(1, 4)\n25.0\n>>> percent(3, 3)\n100.0",
        (("percent(1,2)", "50.0"),),
    ),
    (
        "def invert_bits(bits):",
        "Swap zeros and ones.\n\n>>> invert_bits('0110')\n'1001'\n>>> invert_bits('1')\n'0'",
        (("invert_bits('0001')", "'1110'"),),
    ),
    (
        "def ordinal_suffix(n):",
        "'st' for 1, 'nd' for 2, 'rd' for 3, else 'th'.\n\n>>> ordinal_suffix(1)\n'st'\n>>> ordinal_suffix(2)\n'nd'\n>>> ordinal_suffix(3)\n'rd'\n>>> ordinal_suffix(7)\n'th'\n>>> ordinal_suffix(9)\n'th'",
        (("ordinal_suffix(4)", "'th'"), ("ordinal_suffix(2)", "'nd'")),
    ),
    (
        "def domain(email):",
        "The part after the @.\n\n>>> domain('a@b.com')\n'b.com'\n>>> domain('joe@x.org')\n'x.org'",
        (("domain('q@w.e')", "'w.e'"),),
    ),
    (
        "def full_name(first, last):",
        "Last name, comma, first name.\n\n>>> full_name('Ada', 'Lovelace')\n'Lovelace, Ada'\n>>> full_name('Tim', 'Lee')\n'Lee, Tim'",
        (("full_name('A','B')", "'B, A'"),),
    ),
    (
        "def max_by_abs(numbers):",
        "The number with the largest absolute value.\n\n>>> max_by_abs([1, -5, 3])\n-5\n>>> max_by_abs([2, 1])\n2",
        (("max_by_abs([0,-1])", "-1"),),
    ),
    (
        "def collatz_next(n):",
        "Half of n when it is even, else three times n plus one.\n\n>>> collatz_next(6)\n3\n>>> collatz_next(5)\n16\n>>> collatz_next(8)\n4\n>>> collatz_next(1)\n4",
        (("collatz_next(10)", "5"), ("collatz_next(7)", "22")),
    ),
)
