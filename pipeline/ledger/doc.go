// Package ledger is the durable record of a brand: the run folder and its files, the index of runs, the lock, the journal of
// attempts, and, as values, what a run starts from (Memory, Inputs) and what it leaves behind (Record). The tables of
// brand.duckdb themselves are package warehouse's.
package ledger
