// Peers of bench/issue.ts: certificate requests into certificates by Go's crypto/x509, by CFSSL and by step-ca's
// authority, each as a library in this process: main <go|cfssl|step-ca> <folder> prints what it took as JSON.
package main

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/url"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/cloudflare/cfssl/config"
	"github.com/cloudflare/cfssl/log"
	"github.com/cloudflare/cfssl/signer"
	"github.com/cloudflare/cfssl/signer/local"
	"github.com/smallstep/certificates/authority"
	"github.com/smallstep/certificates/authority/provisioner"
)

const days = 90

type issuer struct {
	certificate *x509.Certificate
	key         crypto.Signer
}

func main() {
	folder := os.Args[2]
	own := issuer{read(folder, "issuer.pem"), readKey(folder)}
	requests := readRequests(filepath.Join(folder, "requests"))
	issue, err := map[string]func() (func([]byte) ([]byte, error), error){
		"go": own.standardLibrary, "cfssl": own.cfssl, "step-ca": own.stepCa,
	}[os.Args[1]]()
	check(err)
	// The first tenth warms up.
	warm := len(requests) / 10
	for _, request := range requests[:warm] {
		_, err := issue(request)
		check(err)
	}
	before, started := cpu(), time.Now()
	var last []byte
	for _, request := range requests[warm:] {
		last, err = issue(request)
		check(err)
	}
	elapsed := time.Since(started).Seconds()
	check(os.WriteFile(filepath.Join(folder, os.Args[1]+".der"), last, 0o600))
	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"certificates": len(requests) - warm, "seconds": elapsed, "cpuSeconds": cpu() - before,
	}))
}

// The same certificate as ours: template and signature by the caller, as Go leaves it to him.
func (own issuer) standardLibrary() (func([]byte) ([]byte, error), error) {
	return func(der []byte) ([]byte, error) {
		request, err := x509.ParseCertificateRequest(der)
		if err != nil {
			return nil, err
		}
		if err := request.CheckSignature(); err != nil {
			return nil, err
		}
		serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 158))
		if err != nil {
			return nil, err
		}
		now := time.Now()
		keyId := sha256.Sum256(request.RawSubjectPublicKeyInfo)
		template := x509.Certificate{
			SerialNumber: serial,
			Subject:      request.Subject,
			NotBefore:    now.Add(-5 * time.Minute),
			NotAfter:     now.AddDate(0, 0, days),
			KeyUsage:     x509.KeyUsageDigitalSignature,
			ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
			SubjectKeyId: keyId[:20],
			URIs:         []*url.URL{{Scheme: "urn", Opaque: "fleet:bench:" + request.Subject.CommonName}},

			BasicConstraintsValid: true,
		}
		return x509.CreateCertificate(rand.Reader, &template, own.certificate, request.PublicKey, own.key)
	}, nil
}

func (own issuer) cfssl() (func([]byte) ([]byte, error), error) {
	log.Level = log.LevelError
	profile := config.DefaultConfig()
	profile.Usage = []string{"digital signature", "client auth"}
	profile.Expiry = days * 24 * time.Hour
	made, err := local.NewSigner(own.key, own.certificate, signer.DefaultSigAlgo(own.key), &config.Signing{
		Default: profile, Profiles: map[string]*config.SigningProfile{},
	})
	if err != nil {
		return nil, err
	}
	return func(der []byte) ([]byte, error) {
		request := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der})
		return made.Sign(signer.SignRequest{Request: string(request)})
	}, nil
}

func (own issuer) stepCa() (func([]byte) ([]byte, error), error) {
	made, err := authority.NewEmbedded(
		authority.WithX509RootCerts(own.certificate),
		authority.WithX509Signer(own.certificate, own.key),
	)
	if err != nil {
		return nil, err
	}
	return func(der []byte) ([]byte, error) {
		request, err := x509.ParseCertificateRequest(der)
		if err != nil {
			return nil, err
		}
		now := time.Now()
		chain, err := made.SignWithContext(context.Background(), request, provisioner.SignOptions{
			NotBefore: provisioner.NewTimeDuration(now), NotAfter: provisioner.NewTimeDuration(now.AddDate(0, 0, days)),
		}, lifetime{})
		if err != nil {
			return nil, err
		}
		return chain[0].Raw, nil
	}, nil
}

// What a provisioner of step-ca does: it says how long a certificate lives.
type lifetime struct{}

func (lifetime) Modify(certificate *x509.Certificate, options provisioner.SignOptions) error {
	now := time.Now()
	certificate.NotBefore, certificate.NotAfter = now.Add(-options.Backdate), options.NotAfter.RelativeTime(now)
	return nil
}

// Length of four bytes, then the request, over and over.
func readRequests(file string) (requests [][]byte) {
	bytes, err := os.ReadFile(file)
	check(err)
	for len(bytes) > 0 {
		end := 4 + binary.LittleEndian.Uint32(bytes)
		requests = append(requests, bytes[4:end])
		bytes = bytes[end:]
	}
	return requests
}

func read(folder, name string) *x509.Certificate {
	parsed, err := x509.ParseCertificate(block(folder, name))
	check(err)
	return parsed
}

func readKey(folder string) crypto.Signer {
	parsed, err := x509.ParsePKCS8PrivateKey(block(folder, "issuer.key"))
	check(err)
	return parsed.(crypto.Signer)
}

func block(folder, name string) []byte {
	text, err := os.ReadFile(filepath.Join(folder, name))
	check(err)
	decoded, _ := pem.Decode(text)
	return decoded.Bytes
}

func cpu() float64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e9
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
