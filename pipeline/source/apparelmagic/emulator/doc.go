// Package emulator is an ApparelMagic account as an http.Handler: the lists product sync reads, with the paging, filters and
// failures clients of the real one have reported, each behind a switch (wms/contract §1.13).
//
// The sandbox command serves it and the tests of package apparelmagic run against it. It reads and shows only what it was given.
package emulator
