// Command compose-check reads docker-compose.yml with the parser that `docker compose` itself uses and prints its
// services. It needs no Docker engine, which is why CI can run it.
package main

import (
	"context"
	"fmt"
	"os"
	"sort"

	"github.com/compose-spec/compose-go/v2/cli"
)

func main() {
	if err := check(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "docker-compose.yml:", err)
		os.Exit(1)
	}
}

func check(file string) error {
	options, err := cli.NewProjectOptions([]string{file},
		cli.WithEnv([]string{"ORRERY_POSTGRES_PASSWORD=check", "KUBECONFIG=/kubeconfig"}),
		cli.WithProfiles([]string{"*"}))
	if err != nil {
		return err
	}
	project, err := options.LoadProject(context.Background())
	if err != nil {
		return err
	}
	names := project.ServiceNames()
	sort.Strings(names)
	for _, name := range names {
		service := project.Services[name]
		if service.Build == nil {
			return fmt.Errorf("service %s has no build section", name)
		}
		fmt.Printf("%s\t%s\n", name, service.Build.Target)
	}
	return nil
}
