package main

import rego.v1

default limit := 5

limit := 0 if input.strict
