package main

import rego.v1

deny contains "number" if to_number(input.a) > 1

warn contains "not a number" if not to_number(input.a)

deny_regex contains "regex" if regex.match(input.a, "x")
