package main

import rego.v1

deny contains "deny"

deny_a contains "deny_a"

deny_a_b2 contains "deny_a_b2"

deny_ contains "deny_"

deny__a contains "deny__a"

denya contains "denya"

xdeny contains "xdeny"

violation contains {"msg": "violation"}

violation_x contains {"msg": "violation_x"}

violations contains "violations"

warn contains "warn"

warn_A1 contains "warn_A1"

warning contains "warning"

DENY contains "DENY"
