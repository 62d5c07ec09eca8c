// Lints certificates with zlint: zlint file.pem... prints each finding (warnings and errors) as a line, and what it
// looked at as the last one. Rules of the CA/Browser Forum for web servers are left out: a device is none.
package main

import (
	"encoding/pem"
	"fmt"
	"os"

	"github.com/zmap/zcrypto/x509"
	"github.com/zmap/zlint/v3"
	"github.com/zmap/zlint/v3/lint"
)

func main() {
	registry, err := lint.GlobalRegistry().Filter(lint.FilterOptions{
		IncludeSources: lint.SourceList{
			lint.RFC3279, lint.RFC5280, lint.RFC5480, lint.RFC5891, lint.RFC6960, lint.RFC6962, lint.RFC8813, lint.Community,
		},
	})
	check(err)
	for _, file := range os.Args[1:] {
		text, err := os.ReadFile(file)
		check(err)
		block, _ := pem.Decode(text)
		certificate, err := x509.ParseCertificate(block.Bytes)
		check(err)
		for name, result := range zlint.LintCertificateEx(certificate, registry).Results {
			if result.Status >= lint.Notice {
				fmt.Println(file, result.Status, name, result.Details)
			}
		}
	}
	fmt.Println(len(os.Args)-1, "certificates", len(registry.Names()), "rules")
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
