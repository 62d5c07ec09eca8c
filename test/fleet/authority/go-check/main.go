// Verifies device certificates and a revocation list with Go's crypto/x509, which shares no code with OpenSSL:
// go run . root.pem intermediate.pem list.crl leaf.pem... prints a line of what it found for each leaf.
package main

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
	"strings"
)

func read(file string) []byte {
	text, err := os.ReadFile(file)
	if err != nil {
		fail(err)
	}
	block, _ := pem.Decode(text)
	if block == nil {
		fail(fmt.Errorf("%s: no PEM", file))
	}
	return block.Bytes
}

func certificate(file string) *x509.Certificate {
	parsed, err := x509.ParseCertificate(read(file))
	if err != nil {
		fail(fmt.Errorf("%s: %w", file, err))
	}
	return parsed
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func main() {
	roots, intermediates := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(certificate(os.Args[1]))
	issuer := certificate(os.Args[2])
	intermediates.AddCert(issuer)
	list, err := x509.ParseRevocationList(read(os.Args[3]))
	if err != nil {
		fail(err)
	}
	if err := list.CheckSignatureFrom(issuer); err != nil {
		fail(err)
	}
	fmt.Printf("list %s %d\n", list.Number, len(list.RevokedCertificateEntries))
	for _, file := range os.Args[4:] {
		leaf := certificate(file)
		options := x509.VerifyOptions{
			Roots:         roots,
			Intermediates: intermediates,
			KeyUsages:     []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		}
		if _, err := leaf.Verify(options); err != nil {
			fail(fmt.Errorf("%s: %w", file, err))
		}
		kind := "other"
		if _, ok := leaf.PublicKey.(*ecdsa.PublicKey); ok {
			kind = "ecdsa"
		}
		names := []string{}
		for _, uri := range leaf.URIs {
			names = append(names, uri.String())
		}
		fmt.Println(leaf.Subject.String(), leaf.SerialNumber.Text(16), kind, leaf.IsCA, int(leaf.KeyUsage), strings.Join(names, ","))
	}
}
