package api_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sembang/internal/api"
)

var update = flag.Bool("update", false, "write openapi.yaml anew")

const contract = "../../openapi.yaml"

func TestTheCommittedContractIsTheOneTheProgramSpeaks(t *testing.T) {
	t.Parallel()
	got, err := api.OpenAPI()
	if err != nil {
		t.Fatalf("OpenAPI() = %v", err)
	}
	if *update {
		if err := os.WriteFile(contract, got, 0o644); err != nil {
			t.Fatalf("write contract: %v", err)
		}
	}
	want, err := os.ReadFile(contract)
	if err != nil {
		t.Fatalf("read contract: %v", err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("openapi.yaml is not what the routes say; run `go test ./internal/api -run Contract -update` (-committed +program):\n%s", diff)
	}
}
