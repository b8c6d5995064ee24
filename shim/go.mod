module orrery.dev/shim

go 1.26
