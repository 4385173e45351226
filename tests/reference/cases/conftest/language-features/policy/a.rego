package main

import rego.v1

deny contains msg if {
	some i, j
	input.rules[i].port == input.rules[j].port
	i < j
	msg := sprintf("rules %d and %d have port %v", [i, j, input.rules[i].port])
}

deny contains msg if {
	groups := {team: names |
		some rule in input.rules
		team := rule.team
		names := {other.name | some other in input.rules; other.team == team}
	}
	some team, names in groups
	count(names) > 1
	msg := sprintf("%s has %v", [team, names])
}

deny contains msg if {
	some name in object.keys(input.limits) - {"cpu"}
	msg := sprintf("limit %s is %v", [name, object.get(input, ["limits", name], "none")])
}

warn contains msg if {
	level := severity(input.rules[_].port)
	msg := $"level {level}"
}

default severity(_) := "low"

severity(port) := "high" if {
	port < 100
} else := "medium" if port < 1000

deny contains msg if {
	json.marshal(input.limits) == `{"cpu":1,"memory":"1Gi"}`
	msg := json.marshal({"a": {3, 1, 2}, "b": 1.5})
}
