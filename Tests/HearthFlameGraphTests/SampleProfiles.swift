import HearthProfile

/// Profiles as the agent takes them of an ingestion pipeline: Swift, C and C++ names, several images, node labels.
enum SampleProfiles {
    /// One line a node: indent, milliseconds spent in itself, short name, `@` image, `|` whole name.
    private static let pipeline = """
        0 node: parse =label
          0 closure 1 in Pipeline.run(_:) @hearth-ingest | closure #1 @Sendable () async throws -> () in HearthIngestion.Pipeline.run(_: HearthIngestion.Batch) async throws -> HearthIngestion.Report
            12 FieldReader.read(_:into:) @hearth-ingest | HearthIngestion.FieldReader.read(_: Swift.Span<Swift.UInt8>, into: inout HearthGraph.ColumnBatch) throws(HearthIngestion.FieldError) -> Swift.Int
              38 JSONDocument.value(at:) @hearth-ingest | HearthIngestion.JSONDocument.value(at: HearthIngestion.FieldPath) -> HearthIngestion.JSONValue?
                160 simdjson::haswell::ondemand::parser::iterate(simdjson::padded_string_view) @libsimdjson.so.14
                  95 simdjson::haswell::dom_parser_implementation::stage1(unsigned char const*, unsigned long, simdjson::stage1_mode) @libsimdjson.so.14
                64 String.init(decoding:as:) @libswiftCore.so | Swift.String.init<A, B where A: Swift.Collection, B: Swift._UnicodeEncoding, A.Element == B.CodeUnit>(decoding: A, as: B.Type) -> Swift.String
                  41 validateUTF8(_:) @libswiftCore.so | Swift.validateUTF8(_: Swift.UnsafeBufferPointer<Swift.UInt8>) -> Swift.UTF8ValidationResult
                  22 swift_allocObject @libswiftCore.so
                    31 malloc @libc.so.6
                      17 _int_malloc @libc.so.6
              24 Array<Substring>.append(_:) @libswiftCore.so | Swift.Array.append(__owned A) -> ()
                19 swift_retain @libswiftCore.so
        0 node: embed description =label
          0 closure 1 in Pipeline.run(_:) @hearth-ingest | closure #1 @Sendable () async throws -> () in HearthIngestion.Pipeline.run(_: HearthIngestion.Batch) async throws -> HearthIngestion.Report
            8 HashedEmbedder.embed(_:) @hearth-ingest | HearthIngestion.HashedEmbedder.embed(_: [Swift.String]) async throws -> HearthIngestion.Matrix<Swift.Float>
              55 NGramHasher.characters(of:width:) @hearth-ingest | HearthIngestion.NGramHasher.characters(of: Swift.Substring.UTF8View, width: Swift.Range<Swift.Int>) -> Swift.LazySequence<HearthIngestion.NGrams>
                210 FNV.hash(_:) @hearth-ingest | static HearthIngestion.FNV.hash(_: Swift.UnsafeRawBufferPointer) -> Swift.UInt64
                48 String.UTF8View.Iterator.next() @libswiftCore.so | Swift.String.UTF8View.Iterator.next() -> Swift.Optional<Swift.UInt8>
              30 NGramHasher.words(of:) @hearth-ingest | HearthIngestion.NGramHasher.words(of: Swift.Substring) -> [Swift.Substring]
                74 Collection<>.split(separator:maxSplits:omittingEmptySubsequences:) @libswiftCore.so | (extension in Swift):Swift.Collection< where A.Element: Swift.Equatable>.split(separator: A.Element, maxSplits: Swift.Int, omittingEmptySubsequences: Swift.Bool) -> [A.SubSequence]
                  36 Character.== @libswiftCore.so | static Swift.Character.== infix(Swift.Character, Swift.Character) -> Swift.Bool
                    29 _swift_stdlib_getNormData @libswiftCore.so
              36 SeededProjection.project(_:) @hearth-ingest | HearthIngestion.SeededProjection.project(_: HearthIngestion.SparseVector) -> HearthIngestion.Vector<Swift.Float>
                340 SIMD16<Float>.addProduct(_:_:) @hearth-ingest | generic specialization <Swift.Float> of Swift.SIMD16< where A: Swift.FloatingPoint>.addProduct(A, Swift.SIMD16<A>) -> ()
              11 Vector.normalize() @hearth-ingest | HearthIngestion.Vector<A>.normalize() -> ()
                16 sqrtf @libm.so.6
        0 node: embed name =label
          0 closure 1 in Pipeline.run(_:) @hearth-ingest | closure #1 @Sendable () async throws -> () in HearthIngestion.Pipeline.run(_: HearthIngestion.Batch) async throws -> HearthIngestion.Report
            4 HashedEmbedder.embed(_:) @hearth-ingest | HearthIngestion.HashedEmbedder.embed(_: [Swift.String]) async throws -> HearthIngestion.Matrix<Swift.Float>
              20 NGramHasher.characters(of:width:) @hearth-ingest | HearthIngestion.NGramHasher.characters(of: Swift.Substring.UTF8View, width: Swift.Range<Swift.Int>) -> Swift.LazySequence<HearthIngestion.NGrams>
                62 FNV.hash(_:) @hearth-ingest | static HearthIngestion.FNV.hash(_: Swift.UnsafeRawBufferPointer) -> Swift.UInt64
              9 SeededProjection.project(_:) @hearth-ingest | HearthIngestion.SeededProjection.project(_: HearthIngestion.SparseVector) -> HearthIngestion.Vector<Swift.Float>
                78 SIMD16<Float>.addProduct(_:_:) @hearth-ingest | generic specialization <Swift.Float> of Swift.SIMD16< where A: Swift.FloatingPoint>.addProduct(A, Swift.SIMD16<A>) -> ()
        0 node: combine =label
          0 closure 1 in Pipeline.run(_:) @hearth-ingest | closure #1 @Sendable () async throws -> () in HearthIngestion.Pipeline.run(_: HearthIngestion.Batch) async throws -> HearthIngestion.Report
            44 CombineNode.evaluate(_:) @hearth-ingest | HearthIngestion.CombineNode.evaluate(_: HearthGraph.ColumnBatch) async throws -> HearthGraph.ColumnBatch
              27 memmove @libc.so.6
        0 node: store =label
          0 closure 1 in Pipeline.run(_:) @hearth-ingest | closure #1 @Sendable () async throws -> () in HearthIngestion.Pipeline.run(_: HearthIngestion.Batch) async throws -> HearthIngestion.Report
            6 DocumentStore.upsert(_:) @hearth-ingest | HearthIngestion.DocumentStore.upsert(_: HearthIngestion.Batch) async throws -> HearthIngestion.StoreCounts
              5 DatabasePool.write(_:) @hearth-ingest | GRDB.DatabasePool.write<A>(_: @Sendable (GRDB.Database) throws -> A) async throws -> A
                13 Statement.execute(arguments:) @hearth-ingest | GRDB.Statement.execute(arguments: Swift.Optional<GRDB.StatementArguments>) throws -> ()
                  18 sqlite3_bind_blob @libsqlite3.so.0
                  9 sqlite3_step @libsqlite3.so.0
                    150 sqlite3VdbeExec @libsqlite3.so.0
                      88 sqlite3BtreeInsert @libsqlite3.so.0
                        33 balance_nonroot @libsqlite3.so.0
                      54 sqlite3PcacheFetch @libsqlite3.so.0
                    3 sqlite3VdbeHalt @libsqlite3.so.0
                      7 vdbeCommit @libsqlite3.so.0
                        102 pwrite64 @libc.so.6
                        46 fdatasync @libc.so.6
        0 [no node] =label
          2 swift::runJobInEstablishedExecutorContext(swift::Job*) @libswift_Concurrency.so
            9 ProgressBar.update(_:) @hearth-ingest | HearthTerminal.ProgressBar.update(_: Swift.Int) -> ()
              12 write @libc.so.6
            8 _dispatch_worker_thread @libdispatch.so
              21 _dispatch_root_queue_drain @libdispatch.so
            6 [truncated] =marker

        """

    /// - Parameter change: turns the milliseconds of a frame into others, for a second profile of the same program.
    static func ingestion(_ change: (_ name: String, _ milliseconds: Int64) -> Int64 = { $1 }) -> Profile {
        var profile = Profile(
            sampleTypes: [.samples, .cpu], defaultSampleType: 1, period: 10_000_000, duration: 3_400_000_000,
            attributes: ["service": "hearth-ingest"])
        let images = ["hearth-ingest": "/usr/local/bin/hearth-ingest"]
        var path: [(indent: Int, stack: StackID)] = []
        for line in pipeline.split(separator: "\n") {
            let indent = line.prefix { $0 == " " }.count
            let (milliseconds, frame) = parse(line.dropFirst(indent), images: images, into: &profile)
            while let last = path.last, last.indent >= indent { path.removeLast() }
            let stack = profile.push(profile.intern(frame), on: path.last?.stack ?? .empty)
            path.append((indent, stack))
            let value = change(profile.strings[frame.name], milliseconds)
            if value > 0 { profile.add(.init(stack: stack), values: [max(1, value / 10), value * 1_000_000]) }
        }
        return profile
    }

    private static func parse(
        _ line: Substring, images: [String: String], into profile: inout Profile
    ) -> (Int64, Frame) {
        let halves = line.split(separator: " | ", maxSplits: 1)
        let space = halves[0].firstIndex(of: " ") ?? halves[0].endIndex
        var name = halves[0][space...].dropFirst()
        var frame = Frame(name: .empty)
        if let mark = name.range(of: " @") {
            let image = String(name[mark.upperBound...])
            frame.image = profile.intern(Image(path: images[image] ?? "/usr/lib/\(image)"))
            name = name[..<mark.lowerBound]
        } else if let mark = name.range(of: " =") {
            frame.kind = name[mark.upperBound...] == "label" ? .label : .marker
            name = name[..<mark.lowerBound]
        }
        frame.name = profile.intern(String(name))
        frame.fullName = halves.count > 1 ? profile.intern(String(halves[1])) : frame.name
        return (Int64(halves[0][..<space]) ?? 0, frame)
    }

    /// A profile of one column from `a;b;c 12` lines.
    static func collapsed(_ text: String, type: ValueType = .samples) -> Profile {
        var profile = Profile(sampleTypes: [type])
        for line in text.split(separator: "\n") {
            guard let space = line.lastIndex(of: " "), let value = Int64(line[space...].dropFirst()) else { continue }
            let frames = line[..<space].split(separator: ";").map { profile.intern(frameNamed: String($0)) }
            profile.add(.init(stack: profile.stack(rootFirst: frames)), values: [value])
        }
        return profile
    }
}

extension Substring {
    fileprivate func range(of text: String) -> Range<Index>? { ranges(of: text).last }
}
