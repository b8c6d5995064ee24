package process

import "strings"

// Environment is what the command gets: what the image and its runtime set, without the addresses of the cluster's API
// that the kubelet puts into every container, and on top of it the task's own variables.
func Environment(container, task []string) []string {
	own := make(map[string]bool, len(task))
	for _, variable := range task {
		own[nameOf(variable)] = true
	}
	var all []string
	for _, variable := range container {
		if name := nameOf(variable); !own[name] && !isServiceVariable(name) {
			all = append(all, variable)
		}
	}
	return append(all, task...)
}

// Lookup finds the value that a program sees under a name.
func Lookup(environment []string, name string) (string, bool) {
	for _, variable := range environment {
		if value, found := strings.CutPrefix(variable, name+"="); found {
			return value, true
		}
	}
	return "", false
}

// isServiceVariable knows the names that the kubelet makes from the service "kubernetes"; pods can switch off those of
// all other services only.
func isServiceVariable(name string) bool {
	rest, isCluster := strings.CutPrefix(name, "KUBERNETES_")
	return isCluster && (rest == "PORT" || strings.HasPrefix(rest, "PORT_") ||
		rest == "SERVICE_HOST" || rest == "SERVICE_PORT" || strings.HasPrefix(rest, "SERVICE_PORT_"))
}

func nameOf(variable string) string {
	name, _, _ := strings.Cut(variable, "=")
	return name
}
