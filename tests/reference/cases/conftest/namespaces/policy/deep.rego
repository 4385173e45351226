package team.a

import rego.v1

warn contains sprintf("%v", [data.main.deny])

deny contains "team.a"
