package process

import (
	"slices"
	"testing"
)

func TestTheEnvironmentIsTheImagesPlusTheTasks(t *testing.T) {
	kubelet := []string{
		"KUBERNETES_SERVICE_HOST=10.0.0.1", "KUBERNETES_SERVICE_PORT=443", "KUBERNETES_SERVICE_PORT_HTTPS=443",
		"KUBERNETES_PORT=tcp://10.0.0.1:443", "KUBERNETES_PORT_443_TCP=tcp://10.0.0.1:443",
		"KUBERNETES_PORT_443_TCP_PROTO=tcp", "KUBERNETES_PORT_443_TCP_PORT=443", "KUBERNETES_PORT_443_TCP_ADDR=10.0.0.1",
	}
	for _, test := range []struct {
		name                  string
		container, task, want []string
	}{
		{"what the kubelet adds is left out", append(kubelet, "A=1"), nil, []string{"A=1"}},
		{"what only looks like it stays", []string{"KUBERNETES_VERSION=1", "KUBERNETES_PORTS=2", "KUBERNETES=3"}, nil,
			[]string{"KUBERNETES_VERSION=1", "KUBERNETES_PORTS=2", "KUBERNETES=3"}},
		{"a task may set such a name", kubelet, []string{"KUBERNETES_PORT=mine"}, []string{"KUBERNETES_PORT=mine"}},
		{"the task wins over the image", []string{"A=1", "B=2"}, []string{"A="}, []string{"B=2", "A="}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := Environment(test.container, test.task); !slices.Equal(got, test.want) {
				t.Errorf("%q", got)
			}
		})
	}
}
