module fieldlake.test/gocheck

go 1.24
