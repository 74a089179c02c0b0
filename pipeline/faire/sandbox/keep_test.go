package sandbox_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"fairesync/pipeline/faire/sandbox"
)

// kept opens the sandbox of a file as a new process would.
func kept(t *testing.T, path string) (*sandbox.Server, *sandbox.Keeper, bool) {
	t.Helper()
	server := sandbox.New(sandbox.Options{})
	keeper, found, err := sandbox.NewKeeper(server, path)
	if err != nil {
		t.Fatal(err)
	}
	return server, keeper, found
}

func ask(t *testing.T, handler http.Handler, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("X-FAIRE-ACCESS-TOKEN", "token")
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder
}

const keptProduct = `{"idempotence_token":"a","name":"Candle","unit_multiplier":1,"variants":[{"idempotence_token":"b","sku":"W-1",
	"measurements":{"weight":0.45,"mass_unit":"POUNDS"}}]}`

// TestKeeper: what was answered is in the file before the answer, and is what the next process begins with; ids go on.
func TestKeeper(t *testing.T) {
	path := filepath.Join(t.TempDir(), "faire.json")
	first, keeper, found := kept(t, path)
	if found {
		t.Error("a file was found that is not there")
	}
	made := ask(t, keeper, "POST", api+"/products", keptProduct)
	if made.Code != 200 {
		t.Fatalf("POST: %d %s", made.Code, made.Body)
	}
	id := first.State().Products[0].Variants[0].ID
	stock := `{"inventories":[{"product_variant_id":"` + id + `","on_hand_quantity":7}]}`
	if got := ask(t, keeper, "PATCH", api+"/product-inventory/by-product-variant-ids", stock); got.Code != 200 {
		t.Fatalf("PATCH: %d %s", got.Code, got.Body)
	}
	ask(t, keeper, "PATCH", ctrl+"/inventories/"+id, `{"committed_quantity":{"type":"QUANTITY","quantity":2}}`)

	second, keeper, found := kept(t, path) // no goodbye: the process was killed
	if !found {
		t.Fatal("no file was found")
	}
	if diff := cmp.Diff(first.State(), second.State()); diff != "" {
		t.Errorf("(-before +after):\n%s", diff)
	}
	if got := ask(t, keeper, "POST", api+"/products", keptProduct); got.Body.String() == "" || len(second.State().Products) != 1 {
		t.Errorf("a known token made another product: %d %s", got.Code, got.Body)
	}
	ask(t, keeper, "POST", api+"/products", strings.NewReplacer(`"a"`, `"c"`, `"b"`, `"d"`).Replace(keptProduct))
	if ids := second.State().Products; len(ids) != 2 || ids[0].ID == ids[1].ID {
		t.Errorf("products %v", ids)
	}
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil || len(entries) != 1 {
		t.Errorf("files left: %v, %v", entries, err)
	}
}

// TestKeeperKeepsWhatNobodyHeardOf: a write whose answer a fault drops is kept too.
func TestKeeperKeepsWhatNobodyHeardOf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "faire.json")
	server, keeper, _ := kept(t, path)
	if err := server.SetFaults(sandbox.Faults{LoseAnswerEveryNth: 1}); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the connection was not dropped")
			}
		}()
		ask(t, keeper, "POST", api+"/products", keptProduct)
	}()
	if again, _, _ := kept(t, path); len(again.State().Products) != 1 {
		t.Error("the product is lost")
	}
}

// TestKeeperOfALargeState writes at a tick, and when it is told to; a read or a refusal writes nothing.
func TestKeeperOfALargeState(t *testing.T) {
	path := filepath.Join(t.TempDir(), "faire.json")
	server, keeper, _ := kept(t, path)
	if err := server.SetState(sandbox.State{Products: []sandbox.Product{{ID: "p_large", Name: "Large", Description: strings.Repeat("x", 5<<20)}}}); err != nil {
		t.Fatal(err)
	}
	if err := keeper.Save(); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	size := func() int64 {
		t.Helper()
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	ask(t, keeper, "POST", api+"/products", keptProduct)
	if size() != before.Size() {
		t.Error("a large file was written with the request")
	}
	ticks, ctx := make(chan time.Time), t.Context()
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		keeper.Keep(ctx, ticks, func(err error) { t.Error(err) })
	}()
	ticks <- time.Time{}
	ticks <- time.Time{} // the first is dealt with
	cancel()
	<-done
	if size() <= before.Size() {
		t.Error("the tick wrote nothing")
	}
	ask(t, keeper, "DELETE", ctrl+"/state", "")
	if err := keeper.Save(); err != nil || size() >= before.Size() {
		t.Errorf("Save = %v, %d bytes", err, size())
	}
}

// TestKeeperCannotWrite answers 500 rather than promise what a restart would not keep, and is itself again when it can.
func TestKeeperCannotWrite(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, "faire.json")
	_, keeper, _ := kept(t, path)
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, keeper, "POST", api+"/products", keptProduct); got.Code != 500 || !strings.Contains(got.Body.String(), "keep the state of the sandbox") {
		t.Errorf("POST: %d %s", got.Code, got.Body)
	}
	if got := ask(t, keeper, "GET", api+"/products", ""); got.Code != 200 {
		t.Errorf("GET: %d %s", got.Code, got.Body)
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, keeper, "POST", api+"/products", keptProduct); got.Code != 200 {
		t.Errorf("POST again: %d %s", got.Code, got.Body)
	}
	if again, _, _ := kept(t, path); len(again.State().Products) != 1 {
		t.Error("the product is lost")
	}
}

func TestKeeperRefusesAFileThatIsNoState(t *testing.T) {
	for name, data := range map[string]string{"cut off": `{"products":[`, "something else": `{"orders":[]}`, "ambiguous": `{"products":[{"id":"p_1"},{"id":"p_1"}]}`, "empty": ""} {
		path := filepath.Join(t.TempDir(), "faire.json")
		if err := os.WriteFile(path, []byte(data), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, _, err := sandbox.NewKeeper(sandbox.New(sandbox.Options{}), path); err == nil {
			t.Errorf("%s is taken for a state", name)
		}
		if left, err := os.ReadFile(path); err != nil || string(left) != data {
			t.Errorf("%s was changed: %s, %v", name, left, err)
		}
	}
}

// TestKeeperLetsOAuthThrough: grants are not kept, and asking for one must not wait for the state it is not part of.
func TestKeeperLetsOAuthThrough(t *testing.T) {
	path := filepath.Join(t.TempDir(), "faire.json")
	_, keeper, _ := kept(t, path)
	grant := `{"application_token":"apa_1","application_secret":"s","redirect_url":"https://x.example/","grant_type":"AUTHORIZATION_CODE","authorization_code":"c","scope":[]}`
	if got := ask(t, keeper, "POST", "/api/external-api-oauth2/token", grant); got.Code != 200 {
		t.Errorf("%d %s", got.Code, got.Body)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a grant was kept")
	}
}
