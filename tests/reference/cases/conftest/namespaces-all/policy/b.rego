package b.c["d-e"]

import rego.v1

warn contains "d-e"
