package apparelmagic

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"sync"

	"golang.org/x/time/rate"
)

// Pool lets the sources of several brands of one process that read the same account (equal address and token) share its pace and
// every answer: what one of them asked for is not asked for again. It is safe for use by all of them at once. Close it when the
// last of them has ended.
type Pool struct {
	mu       sync.Mutex
	dir      string // of this pool alone; blank once it is closed
	files    int
	accounts map[accountKey]*account
}

// accountKey is what two sources must have in common to share anything.
type accountKey struct{ base, token string }

// account is what all who read one account go by.
type account struct {
	limiter *rate.Limiter
	slots   chan struct{} // one for each request that may be under way
	pool    *Pool         // nil: nobody else is there to share answers with
	answers map[string]*answer
}

// answer is one that somebody asked for. What it holds is there to read once done is closed.
type answer struct {
	done chan struct{}
	file string // the body; blank if it could not be kept
	err  error
}

// NewPool makes a pool that spools answers below a folder, such as the system's for temporary files.
func NewPool(dir string) (*Pool, error) {
	if dir == "" {
		return nil, errors.New("shared answers of ApparelMagic: no folder was named for them")
	}
	own, err := os.MkdirTemp(dir, "fairesync-shared-") // 0700
	if err != nil {
		return nil, fmt.Errorf("shared answers of ApparelMagic: %w", err)
	}
	return &Pool{dir: own, accounts: map[accountKey]*account{}}, nil
}

// Close takes the spooled answers away.
func (p *Pool) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	dir := p.dir
	if p.dir = ""; dir == "" {
		return nil
	}
	if err := os.RemoveAll(dir); err != nil {
		return fmt.Errorf("shared answers of ApparelMagic: %w", err)
	}
	return nil
}

// account gives the account of a source; without a pool one of its own. Of several paces the slowest holds.
func (p *Pool) account(base *url.URL, token string, perSecond float64) *account {
	made := &account{limiter: rate.NewLimiter(rate.Limit(perSecond), 1), slots: make(chan struct{}, inFlight), answers: map[string]*answer{}}
	if p == nil {
		return made
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	key := accountKey{base.String(), token}
	known := p.accounts[key]
	if known == nil {
		made.pool, p.accounts[key] = p, made
		return made
	}
	if limit := rate.Limit(perSecond); limit < known.limiter.Limit() {
		known.limiter.SetLimit(limit)
	}
	return known
}

// turn waits until a request may go; the function it gives lets the next one in.
func (a *account) turn(ctx context.Context) (func(), error) {
	select {
	case a.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	done := func() { <-a.slots }
	if err := a.limiter.Wait(ctx); err != nil {
		done()
		return nil, err
	}
	return done, nil
}

// shared is the answer to a question: asked by the first who wants to know, waited for by those who come meanwhile, read from its
// file by those who come later. A failure is told to those who wait and then forgotten; who gave up waiting for the server leaves the
// question to the next.
func (a *account) shared(ctx context.Context, question string, ask func() (page, error)) (page, error) {
	if a.pool == nil {
		return ask()
	}
	for {
		found, first := a.claim(question)
		if first {
			got, err := ask()
			a.settle(question, found, got, err)
			return got, err
		}
		select {
		case <-found.done:
		case <-ctx.Done():
			return page{}, ctx.Err()
		}
		var failure *Error
		switch {
		case found.file != "":
			return a.pool.read(found.file)
		case errors.As(found.err, &failure):
			return page{}, failure
		}
	}
}

// claim finds who asks a question, or makes the caller the one.
func (a *account) claim(question string) (found *answer, first bool) {
	a.pool.mu.Lock()
	defer a.pool.mu.Unlock()
	if found = a.answers[question]; found != nil {
		return found, false
	}
	found = &answer{done: make(chan struct{})}
	a.answers[question] = found
	return found, true
}

// settle tells the others what came. An answer that cannot be spooled, as on a full disk, is not shared.
func (a *account) settle(question string, of *answer, got page, err error) {
	if of.err = err; err == nil {
		of.file = a.pool.spool(got.body)
	}
	if of.file == "" {
		a.pool.mu.Lock()
		delete(a.answers, question)
		a.pool.mu.Unlock()
	}
	close(of.done)
}

// spool writes a body to a file and gives its name; blank if that did not work.
func (p *Pool) spool(body []byte) string {
	p.mu.Lock()
	p.files++
	dir, name := p.dir, strconv.Itoa(p.files)+".json"
	p.mu.Unlock()
	path := filepath.Join(dir, name)
	if dir == "" {
		return ""
	}
	if err := os.WriteFile(path, body, 0o600); err != nil {
		_ = os.Remove(path) // half of it may be there; nobody was told of it
		return ""
	}
	return path
}

// read is a page that was spooled.
func (p *Pool) read(path string) (page, error) {
	body, err := os.ReadFile(path)
	if err != nil {
		return page{}, fmt.Errorf("shared answers of ApparelMagic: %w", err)
	}
	return parsePage(body)
}
