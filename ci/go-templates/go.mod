module tracee.test/go-templates

go 1.22
