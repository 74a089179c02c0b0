# Every target sets up what it needs. Needed beforehand: git, make, Go 1.26 or newer, a C compiler.
GOLANGCI := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0

.DEFAULT_GOAL := help
.PHONY: help demo test office lint build docs fuzz tools

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: build ## a brand's first day with fairesync, told in the terminal, against two sandboxes on this machine
	@go run ./fixtures/demo -program bin/fairesync

test: tools ## everything that proves it works
	go vet ./...
	go test -race -shuffle=on -timeout 20m ./...

office: tools ## answered workbooks survive LibreOffice; installs it from Debian's packages where it is missing
	@command -v soffice >/dev/null || ./fixtures/libreoffice.sh
	go test -tags office -run TestOffice ./fixtures

lint: tools ## the linters, with the import table of docs/architecture.md
	@unformatted=$$(gofmt -l $$(git ls-files --cached --others --exclude-standard '*.go')); \
	  if [ -n "$$unformatted" ]; then echo "gofmt would change: $$unformatted"; exit 1; fi
	go run $(GOLANGCI) run

build: tools ## bin/fairesync
	@mkdir -p bin
	go build -trimpath -o bin/fairesync ./cmd/fairesync

docs: tools ## the generated documents
	go test ./docs -update
	go test ./cmd/fairesync -run TestCommandsDocument -update

fuzz: tools ## a minute for each parser of foreign input
	@for package in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz'); do \
	    go test -run '^$$' -fuzz "^$$target$$" -fuzztime 60s $$package || exit 1; \
	  done; \
	done

tools:
	@command -v go >/dev/null || { echo "Go is missing: install Go 1.26 or newer (https://go.dev/doc/install)."; exit 1; }
	@go version | awk '{ split(substr($$3, 3), v, "."); if (v[1] < 1 || (v[1] == 1 && v[2] + 0 < 26)) { print "Go " substr($$3, 3) " is too old: install Go 1.26 or newer (https://go.dev/doc/install)."; exit 1 } }'
	@command -v $$(go env CC) >/dev/null || { echo "A C compiler is missing (DuckDB is linked with cgo): install gcc, for example with: apt-get install gcc g++ libc6-dev"; exit 1; }
	@command -v git >/dev/null || { echo "git is missing: install git."; exit 1; }
