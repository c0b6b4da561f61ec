/// A part of a pprof message as errors name it: `function 7`, and the byte at which it begins.
struct PprofPart {
    var kind: StaticString
    /// Its id, or for a sample its place in the file; nil for what there is one of.
    var number: UInt64?
    var byte: Int

    init(_ kind: StaticString, _ number: UInt64? = nil, _ field: PprofWire.Field) {
        self.kind = kind
        self.number = number
        byte = field.byte
    }

    var name: String { number.map { "\(kind) \($0)" } ?? "\(kind)" }
}
