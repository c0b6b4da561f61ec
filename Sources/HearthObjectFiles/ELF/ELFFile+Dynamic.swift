extension ELFFile {
    /// The symbols that the loader uses, found as it finds them: through `PT_DYNAMIC`, without section headers.
    struct DynamicSymbols {
        /// Entries of 24 bytes each.
        var symbols: Range<Int>
        var strings: Range<Int>
    }

    /// - Parameter bias: run-time − link-time address; a loader writes run-time addresses into the dynamic segment of an
    ///   image that it has loaded.
    func dynamicSymbols(in bytes: RawSpan, bias: UInt64) -> DynamicSymbols? {
        guard let segment = segments.first(where: { $0.type == 2 }), let dynamic = range(of: segment, in: bytes) else {
            return nil
        }
        var values: [UInt64: UInt64] = [:]
        var position = dynamic.lowerBound
        while position < dynamic.upperBound, let tag = bytes.next(UInt64.self, &position), tag != 0,
            let value = bytes.next(UInt64.self, &position), values.count < 1024
        {
            values[tag] = value
        }
        func place(_ tag: UInt64) -> Range<Int>? {
            guard let address = values[tag] else { return nil }
            return range(atAddress: address, in: bytes) ?? range(atAddress: address &- bias, in: bytes)
        }
        guard values[11] ?? 24 == 24, let symbols = place(6), let allStrings = place(5), let size = values[10],
            size <= UInt64(allStrings.count)
        else { return nil }
        let count =
            place(4).flatMap { bytes.load(UInt32.self, at: $0.lowerBound + 4).map(UInt64.init) }
            ?? place(0x6FFF_FEF5).flatMap { Self.symbolCount(bytes, gnuHash: $0) }
        guard let count else { return nil }
        let fitting = min(count, UInt64(symbols.count / 24))
        return DynamicSymbols(
            symbols: symbols.lowerBound..<symbols.lowerBound + Int(fitting) * 24,
            strings: allStrings.lowerBound..<allStrings.lowerBound + Int(size))
    }

    /// The GNU hash table says no count: it is one behind the end of the chain that begins last.
    private static func symbolCount(_ bytes: RawSpan, gnuHash: Range<Int>) -> UInt64? {
        let start = gnuHash.lowerBound
        guard
            let bucketCount = bytes.load(UInt32.self, at: start),
            let firstSymbol = bytes.load(UInt32.self, at: start + 4),
            let filterWords = bytes.load(UInt32.self, at: start + 8)
        else { return nil }
        let buckets = start + 16 + Int(filterWords) * 8
        let chains = buckets + Int(bucketCount) * 4
        guard chains <= gnuHash.upperBound else { return nil }
        var last: UInt32 = 0
        for bucket in stride(from: buckets, to: chains, by: 4) {
            last = max(last, bytes.load(UInt32.self, at: bucket) ?? 0)
        }
        guard last >= firstSymbol else { return UInt64(firstSymbol) }
        var position = chains + Int(last - firstSymbol) * 4
        while position < gnuHash.upperBound, let hash = bytes.next(UInt32.self, &position) {
            last &+= 1
            if hash & 1 != 0 { return UInt64(last) }
        }
        return nil
    }
}
