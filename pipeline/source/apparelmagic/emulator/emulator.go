package emulator

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
)

// Options are how a Server starts.
type Options struct {
	Token    string // the only token accepted; "": any that is not empty
	Account  Account
	Switches Switches
}

// Server answers as ApparelMagic does. It is safe for concurrent requests.
type Server struct {
	token string

	mu       sync.Mutex
	account  Account
	switches Switches
	shown    map[string][]entry // by list, sorted by id, as the switches shape it
	known    map[string]map[string]bool
	requests map[string]int
	total    int
	counted  map[string]int // requests since the switches were set, "" for all: faults count these
}

// Effects count what was asked for: GET /_sandbox/effects. Requests that were refused count too.
type Effects struct {
	Total    int            `json:"total"`
	Requests map[string]int `json:"requests"` // by endpoint
}

// New makes a server. Switches that no switch knows are refused by PUT; here they act like the zero value.
func New(options Options) *Server {
	server := &Server{token: options.Token, account: options.Account.clone(), switches: options.Switches, requests: map[string]int{}, counted: map[string]int{}}
	server.shape()
	return server
}

// Account is a copy of what the account holds now.
func (s *Server) Account() Account {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.account.clone()
}

// SetAccount replaces what the account holds, also between two pages of a walk.
func (s *Server) SetAccount(account Account) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.account = account.clone()
	s.shape()
}

// Switches are the switches as they stand.
func (s *Server) Switches() Switches {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.switches
}

// SetSwitches replaces all switches; an unknown word is an error and changes nothing. Faults count requests from here on.
func (s *Server) SetSwitches(switches Switches) error {
	if err := switches.verify(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.switches, s.counted = switches, map[string]int{}
	s.shape()
	return nil
}

// Effects are the requests so far.
func (s *Server) Effects() Effects {
	s.mu.Lock()
	defer s.mu.Unlock()
	return Effects{Total: s.total, Requests: maps.Clone(s.requests)}
}

// shape prepares the lists as they are shown.
func (s *Server) shape() {
	s.shown, s.known = map[string][]entry{}, map[string]map[string]bool{}
	for _, list := range lists {
		entries := list.sorted(&s.account)
		if list.name == "inventory" && s.switches.Warehouses > 1 {
			entries = perWarehouse(entries, s.switches)
		}
		s.known[list.name] = fields(entries)
		s.shown[list.name] = entries
	}
}

// ServeHTTP serves /api/json/ENDPOINT and /api/ENDPOINT, both with and without a trailing slash (12), and /_sandbox/.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := strings.Trim(r.URL.Path, "/")
	if rest, ok := strings.CutPrefix(path, "_sandbox/"); ok {
		s.serveSandbox(w, r, rest)
		return
	}
	rest, ok := strings.CutPrefix(path, "api/")
	name, below := strings.CutPrefix(rest, "json/")
	switches := s.Switches()
	if !ok || below && switches.Routes == "plain" || !below && switches.Routes == "json" {
		html(http.StatusNotFound).send(w)
		return
	}
	answer := s.reply(r, strings.Split(name, "/"))
	if switches.Gzip && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		answer = answer.compressed()
	}
	answer.send(w)
}

// reply decides what to answer to a request for parts: ENDPOINT, ENDPOINT/ID, or products/ID/skus.
func (s *Server) reply(r *http.Request, parts []string) reply {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total++
	s.requests[parts[0]]++
	s.counted[parts[0]]++
	s.counted[""]++
	s.change(parts[0])
	if refusal, refused := s.refused(r); refused {
		return refusal
	}
	of, ok := listNamed(parts[0])
	if !ok {
		return refusal(http.StatusNotFound, "unknown endpoint")
	}
	fault := s.fault(of.name)
	if answer, instead := fault.instead(s.switches); instead {
		return answer
	}
	status, answer := s.answer(of, parts[1:], r.URL.Query())
	if fault.Kind == FaultErrors {
		answer.Meta.Errors = []string{"Something went wrong (invented)"}
	}
	return fault.spoil(made(status, answer))
}

// refused turns away what has no right to be here: writes, a bad token, no time, no User-Agent where one is asked for (15).
func (s *Server) refused(r *http.Request) (reply, bool) {
	query := r.URL.Query()
	token := query.Get("token")
	switch {
	case r.Method != http.MethodGet:
		return refusal(http.StatusMethodNotAllowed, "this account is read only"), true
	case token == "" || s.token != "" && token != s.token || query.Get("time") == "":
		return s.switches.turnedAway(http.StatusUnauthorized), true
	case s.switches.UserAgent && r.UserAgent() == "":
		return s.switches.turnedAway(http.StatusForbidden), true
	}
	return reply{}, false
}

// fault is the failure the current request is to have; one of no kind is none.
func (s *Server) fault(endpoint string) Fault {
	for _, fault := range s.switches.Faults {
		if fault.fits(endpoint, s.counted[endpoint], s.counted[""]) {
			return fault
		}
	}
	return Fault{}
}

// answer is the page or record that was asked for.
func (s *Server) answer(of list, below []string, query url.Values) (int, envelope) {
	one := func(of list, field string) (int, envelope) {
		return s.page(of, url.Values{field: {below[0]}, "pagination[page_size]": {"1000"}}, "")
	}
	switch {
	case len(below) == 0:
		return s.page(of, query, s.switches.IgnoreFilters)
	case len(below) == 1:
		return one(of, of.ids[0])
	case len(below) == 2 && of.name == "products" && below[1] == "skus":
		skus, _ := listNamed("inventory")
		return one(skus, "product_id")
	}
	return http.StatusNotFound, failed("unknown endpoint")
}

// page applies filters, cursor and page size, in that order (contract §1.4, §1.5). page_number and order are ignored (4).
func (s *Server) page(of list, query url.Values, ignore string) (int, envelope) {
	if s.switches.ModifiedFilter == "refused" && strings.Contains(query.Get("parameters[0][field]"), "last_modified_time") {
		return http.StatusOK, failed("last_modified_time is no field to filter by")
	}
	filters, idFilter := conditions(query, of, s.known[of.name], ignore, s.switches.ModifiedFilter == "ignored")
	asked := query.Get("pagination[page_size]")
	wanted, err := strconv.Atoi(asked)
	if asked != "" && err != nil {
		return http.StatusBadRequest, failed("page_size is no number")
	}
	size, err := s.switches.pageSize(wanted, asked != "", idFilter)
	if err != nil {
		return http.StatusBadRequest, failed(err.Error())
	}
	after, cursor := uint64(0), query.Get("pagination[last_id]")
	switch {
	case cursor == "" || s.switches.LastID == "ignored":
		cursor = ""
	case s.switches.LastID == "refused":
		return http.StatusOK, failed("pagination is not valid")
	default:
		if after, err = strconv.ParseUint(cursor, 10, 64); err != nil {
			return http.StatusBadRequest, failed("last_id is no number")
		}
	}
	all := s.shown[of.name]
	if len(filters) > 0 {
		all = slices.DeleteFunc(slices.Clone(all), func(e entry) bool { return !fits(e.record, filters) })
	}
	from := sort.Search(len(all), func(i int) bool { return all[i].id > after })
	rows := all[from:min(from+size, len(all))]
	more := from+size < len(all)
	answer := envelope{Response: []any{}, Meta: meta{Errors: []string{}}}
	for _, row := range rows {
		answer.Response = append(answer.Response, s.switches.render(row.record))
	}
	pagination := map[string]any{}
	if last := lastID(rows, cursor); last != "" && (more || !s.switches.OmitLastID) {
		pagination["last_id"] = s.switches.number(last)
	}
	if s.switches.TotalRecords {
		pagination["total_records"] = s.switches.number(strconv.Itoa(len(all)))
	}
	answer.Meta.Pagination = pagination
	return http.StatusOK, answer
}

// lastID is the id of a page's last row; an empty page repeats the cursor it was asked with.
func lastID(rows []entry, cursor string) string {
	if len(rows) == 0 {
		return cursor
	}
	return strconv.FormatUint(rows[len(rows)-1].id, 10)
}
