package main

import rego.v1

deny contains "b" if helper(input.x)

deny_same contains "two"

helper(x) if x > limit
