// Package warehouse is the only part of the project that knows DuckDB and Arrow. A Warehouse is the working database of one
// run: what the sources and Faire deliver streams into it as Arrow batches, the relations of sql/ run in it, and the flow reads
// their results as plain Go values. A Book is the durable state of one brand, brand.duckdb; it is opened for a moment at the
// begin and the end of a run and never at the same time as the relations run.
//
// Foreign values reach SQL as Arrow columns or bound parameters, never as SQL text. Once Prepare is done the working database can
// reach neither disk nor network and its configuration is locked, so that a relation cannot either.
package warehouse
