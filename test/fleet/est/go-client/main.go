// A device that speaks EST by somebody else's library (GlobalSign's, RFC 7030):
// go-client <host:port> <trust.pem> <device id> <token> enrols, renews with the certificate it got, prints both serials.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"os"

	"github.com/globalsign/est"
)

func main() {
	address, trustFile, id, token := os.Args[1], os.Args[2], os.Args[3], os.Args[4]
	trust, err := os.ReadFile(trustFile)
	check(err)
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(trust) {
		check(fmt.Errorf("%s: no certificates", trustFile))
	}
	ctx := context.Background()
	first := est.Client{Host: address, ExplicitAnchor: roots, Username: id, Password: token}

	authorities, err := first.CACerts(ctx)
	check(err)
	for _, authority := range authorities {
		fmt.Println("authority", authority.Subject.CommonName)
	}
	attributes, err := first.CSRAttrs(ctx)
	check(err)
	fmt.Println("attributes", len(attributes.OIDs), len(attributes.Attributes))

	key, request := newRequest(id)
	certificate, err := first.Enroll(ctx, request)
	check(err)
	fmt.Println("enrolled", certificate.Subject.CommonName, certificate.SerialNumber.Text(16))

	next := est.Client{
		Host: address, ExplicitAnchor: roots, PrivateKey: key,
		Certificates: append([]*x509.Certificate{certificate}, authorities...),
	}
	// Of the same key: within two thirds of its life that is the same certificate.
	again, err := next.Reenroll(ctx, request)
	check(err)
	fmt.Println("renewed", again.Subject.CommonName, again.SerialNumber.Text(16))

	_, err = first.Enroll(ctx, second(newRequest(id)))
	fmt.Println("refused", err)
}

func newRequest(id string) (*ecdsa.PrivateKey, *x509.CertificateRequest) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	der, err := x509.CreateCertificateRequest(
		rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: id}}, key)
	check(err)
	request, err := x509.ParseCertificateRequest(der)
	check(err)
	return key, request
}

func second(_ *ecdsa.PrivateKey, request *x509.CertificateRequest) *x509.CertificateRequest {
	return request
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
