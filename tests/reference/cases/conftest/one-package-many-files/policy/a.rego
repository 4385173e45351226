package main

import rego.v1

deny contains "a" if helper(input.x)

deny_same contains "one"
