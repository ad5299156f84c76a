package app

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"sembang/internal/secret"
)

// keepSecrets takes the secrets nobody gave from the data folder, and makes those
// that are not there. They belong to the data beside them: without the encryption
// key the stored credentials do not open.
func (a *App) keepSecrets() error {
	for name, s := range map[string]*secret.String{"jwt_secret": &a.JWTSecret, "credential_encryption_key": &a.EncryptionKey} {
		if !s.Empty() {
			continue
		}
		text, err := keepSecret(filepath.Join(a.DataDir, name))
		if err != nil {
			return fmt.Errorf("keep %s: %w", name, err)
		}
		*s = secret.New(text)
	}
	return nil
}

func keepSecret(path string) (string, error) {
	text, err := os.ReadFile(path) //nolint:gosec // a fixed name in the operator's data folder
	if err == nil {
		if len(strings.TrimSpace(string(text))) < 64 {
			return "", errors.New("the file is damaged; restore it from a backup")
		}
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails: crypto/rand ends the program instead
	made := hex.EncodeToString(b[:])
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // a fixed name in the operator's data folder
	if err != nil {
		return "", err
	}
	if _, err := f.WriteString(made + "\n"); err != nil {
		return "", errors.Join(err, f.Close())
	}
	return made, errors.Join(f.Sync(), f.Close())
}
