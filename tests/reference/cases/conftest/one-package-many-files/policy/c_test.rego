package main

import rego.v1

test_limit if limit == 5 with input as {}
