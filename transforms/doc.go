// Package transforms reads the relations of sql/ into an ordered Set and offers SQL the functions that are awkward to write in
// it: cleaning keys and text, reading foreign money, GS1 check digits, wearing order of sizes, similarity.
//
// Everything here is pure: no clock, no disk beyond the fs.FS it is handed, no SQL driver. The warehouse runs what this package
// describes. CompileExpression turns the parse tree of one mapping expression (design §4.3) into SQL that holds nothing but
// what it recognises.
package transforms
