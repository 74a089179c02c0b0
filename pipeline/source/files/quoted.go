package files

import "bytes"

// parseQuoted finds the first record of data cell by cell, for records with quotes.
func (s *splitter) parseQuoted(data []byte, last bool, spans []span) parsed {
	p := parsed{spans: spans}
	for pos := 0; ; {
		var c span
		var after int // behind the cell: at a delimiter, a line end or the end
		if open := pos + blanks(data[pos:]); open < len(data) && data[open] == '"' {
			c, after = s.quotedCell(data, open, last, &p)
		} else {
			c, after = s.bareCell(data, pos, &p)
		}
		if after == len(data) && !last {
			return parsed{more: true, open: p.open}
		}
		p.spans = append(p.spans, c)
		if after == len(data) {
			p.content, p.next = after, after
			return p
		}
		if data[after] == s.delimiter {
			pos = after + 1
			continue
		}
		p.content, p.next, p.ended = after, after+1, true
		if data[after] == '\r' {
			switch {
			case after+1 < len(data) && data[after+1] == '\n':
				p.next++
			case after+1 == len(data) && !last:
				return parsed{more: true}
			}
		}
		return p
	}
}

// quotedCell reads a cell whose opening quote is at open.
func (s *splitter) quotedCell(data []byte, open int, last bool, p *parsed) (span, int) {
	c := span{start: open + 1}
	for pos := open + 1; ; {
		quote := bytes.IndexByte(data[pos:], '"')
		if quote < 0 {
			p.open = len(p.spans) + 1
			c.end = len(data)
			return c, len(data)
		}
		quote += pos
		if quote+1 < len(data) && data[quote+1] == '"' {
			c.doubled = true
			pos = quote + 2
			continue
		}
		after := quote + 1 + blanks(data[quote+1:])
		if after == len(data) && !last || s.ends(data, after) {
			c.end = quote
			return c, after
		}
		// A quote in the middle of the cell that is not doubled.
		p.note()
		pos = quote + 1
	}
}

// bareCell reads a cell without quotes around it.
func (s *splitter) bareCell(data []byte, pos int, p *parsed) (span, int) {
	at := pos
	for ; at < len(data) && !s.ends(data, at); at++ {
		if data[at] == '"' && s.delimiter != '\t' {
			p.note()
		}
	}
	return span{start: pos, end: at}, at
}

// ends says whether a cell ends before data[at].
func (s *splitter) ends(data []byte, at int) bool {
	if at == len(data) || data[at] == s.delimiter || data[at] == '\n' {
		return true
	}
	return data[at] == '\r' && (s.cr || at+1 == len(data) || data[at+1] == '\n')
}

// note keeps the first cell with a stray quote.
func (p *parsed) note() {
	if p.stray == 0 {
		p.stray = len(p.spans) + 1
	}
}

func blanks(data []byte) int {
	n := 0
	for n < len(data) && data[n] == ' ' {
		n++
	}
	return n
}
