public import CArrow

/// Fields as `ArrowSchema`, in and out.
extension ArrowField {
    /// Fills in a schema, which is then the caller's to release. O(fields).
    public func export(to schema: UnsafeMutablePointer<ArrowSchema>) { unsafe ExportedSchema.fill(schema, self) }

    /// Reads a schema and leaves it to its owner. Metadata is not kept.
    ///
    /// - Throws: ``ArrowError/unsupported(column:format:)``, ``ArrowError/schema(column:_:)``.
    public init(_ schema: UnsafePointer<ArrowSchema>) throws(ArrowError) { unsafe try self.init(schema, depth: 0) }

    /// Deeper than any schema that somebody means.
    private static let deepest = 64
    /// More than any schema has that somebody means.
    private static let widest = 1 << 20
    /// A format or a name longer than this was not ended.
    private static let longestText = 1 << 16

    private init(_ schema: UnsafePointer<ArrowSchema>, depth: Int) throws(ArrowError) {
        let schema = unsafe schema.pointee
        guard let name = unsafe Self.text(schema.name ?? nil) else { throw .schema(column: "", .nameIsNoUTF8) }
        guard unsafe schema.release != nil else { throw .schema(column: name, .released) }
        guard depth < Self.deepest else { throw .schema(column: name, .nestedTooDeep) }
        guard let letters = unsafe schema.format, let format = unsafe Self.text(letters) else {
            throw .schema(column: name, .noFormat)
        }
        guard unsafe schema.dictionary == nil, let layout = Layout(format: format) else {
            throw .unsupported(
                column: name, format: unsafe schema.dictionary == nil ? format : "dictionary of \(format)")
        }
        let count = unsafe Int(schema.n_children)
        guard count == layout.childCount ?? count, count >= 0, count <= Self.widest else {
            throw .schema(column: name, .children(found: count, expected: layout.childCount ?? 0))
        }
        var children: [ArrowField] = []
        for place in 0..<count {
            guard let list = unsafe schema.children, let child = unsafe list[place] else {
                throw .schema(column: name, .childMissing(place))
            }
            do throws(ArrowError) {
                children.append(unsafe try ArrowField(UnsafePointer(child), depth: depth + 1))
            } catch {
                throw error.inside(name)
            }
        }
        self.init(
            name: name, layout: layout, children: children,
            isNullable: unsafe schema.flags & Int64(ARROW_FLAG_NULLABLE) != 0)
        try checkChildren()
    }

    private func checkChildren() throws(ArrowError) {
        switch layout {
        case .list:
            // Of what else than texts a list could be, no column is.
            guard case .text = children[0].layout else {
                throw .unsupported(column: name, format: "\(layout.format) of \(children[0].layout.format)")
            }
        case .vector:
            guard children[0].layout == .float else {
                throw .unsupported(column: name, format: "\(layout.format) of \(children[0].layout.format)")
            }
        case .record:
            var names: Set<String> = []
            for child in children where !names.insert(child.name).inserted {
                throw .schema(column: name, .namedTwice(child.name))
            }
        default: break
        }
    }

    /// Empty for none, nil for what is no UTF-8 or has no end.
    private static func text(_ start: UnsafePointer<CChar>?) -> String? {
        guard let start = unsafe start else { return "" }
        var count = 0
        while unsafe start[count] != 0 {
            count += 1
            if count > longestText { return nil }
        }
        return unsafe String(
            validating: UnsafeBufferPointer(start: start, count: count).lazy.map { UInt8(bitPattern: $0) },
            as: UTF8.self)
    }
}

/// What stands behind a schema of ours: the structures of its children, and texts.
///
/// The header is the number of children as it was made, whatever somebody wrote into the schema since.
private final class ExportedSchema: ManagedBuffer<Int, UInt> {
    private static let structWords = unsafe MemoryLayout<ArrowSchema>.stride / MemoryLayout<UInt>.stride

    static func fill(_ schema: UnsafeMutablePointer<ArrowSchema>, _ field: ArrowField) {
        // Pointers to the children, the children, and the texts with their ends, one after the other.
        let (format, childCount) = (field.layout.fixedFormat, field.children.count)
        var number: String?
        if case .vector = field.layout { number = field.layout.format }
        let textStart = childCount * (1 + structWords)
        let textBytes = field.name.utf8.count + 1 + (number.map { $0.utf8.count + 1 } ?? 0)
        let block = unsafe unsafeDowncast(
            create(minimumCapacity: textStart + (textBytes + 7) / 8) { _ in childCount }, to: ExportedSchema.self)
        let base = unsafe block.withUnsafeMutablePointerToElements { UnsafeMutableRawPointer($0) }
        let list = unsafe base.bindMemory(to: UnsafeMutablePointer<ArrowSchema>?.self, capacity: childCount)
        let children = unsafe (base + childCount * MemoryLayout<UInt>.stride)
            .bindMemory(to: ArrowSchema.self, capacity: childCount)
        var text = unsafe (base + textStart * MemoryLayout<UInt>.stride).bindMemory(to: CChar.self, capacity: textBytes)
        func write(_ string: String) -> UnsafePointer<CChar> {
            let start = unsafe text
            for byte in string.utf8 {
                unsafe text.initialize(to: CChar(bitPattern: byte))
                unsafe text += 1
            }
            unsafe text.initialize(to: 0)
            unsafe text += 1
            return unsafe UnsafePointer(start)
        }
        for (place, child) in field.children.enumerated() {
            unsafe list[place] = children + place
            unsafe fill(children + place, child)
        }
        let formatText =
            if let number { unsafe write(number) } else {
                unsafe UnsafeRawPointer(format.utf8Start).assumingMemoryBound(to: CChar.self)
            }
        unsafe schema.initialize(
            to: ArrowSchema(
                format: formatText, name: write(field.name), metadata: nil,
                flags: field.isNullable ? Int64(ARROW_FLAG_NULLABLE) : 0, n_children: Int64(childCount),
                children: childCount == 0 ? nil : list, dictionary: nil, release: release,
                private_data: Unmanaged.passRetained(block).toOpaque()))
    }

    private static let release: @convention(c) (UnsafeMutablePointer<ArrowSchema>?) -> Void = { schema in
        guard let schema = unsafe schema, let block = unsafe schema.pointee.private_data,
            unsafe schema.pointee.release != nil
        else { return }
        unsafe schema.pointee.release = nil
        let owner = unsafe Unmanaged<ExportedSchema>.fromOpaque(block).takeRetainedValue()
        for place in 0..<owner.header {
            // One that was moved out has no release here any more, and goes by itself.
            let child = unsafe owner.withUnsafeMutablePointerToElements { elements in
                unsafe (UnsafeMutableRawPointer(elements) + (owner.header + place * structWords) * 8)
                    .assumingMemoryBound(to: ArrowSchema.self)
            }
            unsafe child.pointee.release?(child)
        }
    }
}
