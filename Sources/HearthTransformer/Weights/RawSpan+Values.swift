// The one place where values are read of a file's bytes; what the bytes are was checked before.

extension RawSpan {
    /// An integer as it stands in memory, whatever its alignment.
    func loaded<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type, at byte: Int) -> Value {
        unsafe unsafeLoadUnaligned(fromByteOffset: byte, as: type)
    }

    func array(_ range: Range<Int>) -> [UInt8] {
        unsafe extracting(range).withUnsafeBytes { unsafe [UInt8]($0) }
    }

    /// The first `count` integers, each made to a float.
    func array<Value: FixedWidthInteger & BitwiseCopyable>(
        of type: Value.Type, count: Int, _ value: (Value) -> Float
    ) -> [Float] {
        precondition(count * MemoryLayout<Value>.size <= byteCount)
        return unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
            for index in 0..<count {
                let bits = loaded(type, at: index * MemoryLayout<Value>.size)
                unsafe buffer.initializeElement(at: index, to: value(bits))
            }
            initialized = count
        }
    }
}
