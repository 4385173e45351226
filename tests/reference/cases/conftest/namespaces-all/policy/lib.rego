package lib

import rego.v1

help(x) := x
