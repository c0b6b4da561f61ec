internal import Foundation

/// The tensors of a file in the safetensors format: eight bytes with the length of a JSON header, the header, the data.
///
/// Reading checks what the format promises: every tensor lies within the data and has the bytes that its type and shape take,
/// and together they cover the data without gap or overlap.
public struct Safetensors: Sendable {
    /// A tensor by where it stands.
    public struct Tensor: Hashable, Sendable {
        public var name: String
        public var type: String
        public var shape: [Int]
        /// From the start of the file.
        public var bytes: Range<Int>
        public var count: Int
    }

    /// Bytes of a header at most, as the format itself bounds it.
    public static let maximumHeader = 100_000_000

    public let path: String
    /// In the order of the data.
    public let tensors: [Tensor]
    private let places: [String: Int]

    private struct Entry: Decodable {
        var dtype: String
        var shape: [Int]
        var dataOffsets: [Int]

        enum CodingKeys: String, CodingKey {
            case dtype
            case shape
            case dataOffsets = "data_offsets"
        }
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private struct Header: Decodable {
        var entries: [String: Entry] = [:]

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: Key.self)
            for key in container.allKeys where key.stringValue != "__metadata__" {
                entries[key.stringValue] = try container.decode(Entry.self, forKey: key)
            }
        }
    }

    /// Reads the header. O(size of the header).
    ///
    /// - Parameters:
    ///   - file: the whole file.
    ///   - path: for messages.
    public init(_ file: RawSpan, path: String) throws(TransformerError) {
        self.path = path
        guard file.byteCount >= 8 else {
            throw TransformerError(path, .broken("the file ends within the length of its header", byte: file.byteCount))
        }
        let length = UInt64(littleEndian: file.loaded(UInt64.self, at: 0))
        guard length <= Self.maximumHeader else {
            throw TransformerError(
                path, .broken("a header of \(length) bytes is longer than the format allows", byte: 0))
        }
        let data = 8 + Int(length)
        guard data <= file.byteCount else {
            throw TransformerError(
                path, .broken("the file ends within its header of \(length) bytes", byte: file.byteCount))
        }
        let json = file.array(8..<data)
        guard json.first == UInt8(ascii: "{") else {
            throw TransformerError(path, .broken("the header is no JSON object", byte: 8))
        }
        let header: Header = try decode(json, path: path)
        var tensors: [Tensor] = []
        for (name, entry) in header.entries {
            tensors.append(try Self.tensor(name, entry, data: data, path: path))
        }
        // By name where two are empty, so that the order is the same in every run.
        tensors.sort {
            ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name) < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name)
        }
        var end = data
        for tensor in tensors {
            let start = tensor.bytes.lowerBound
            guard tensor.bytes.upperBound <= file.byteCount else {
                let fault = TransformerError.TensorFault.bounds(
                    end: tensor.bytes.upperBound - data, available: file.byteCount - data)
                throw TransformerError(path, .tensor(tensor.name, fault: fault, byte: start))
            }
            guard start == end else {
                throw TransformerError(path, .tensor(tensor.name, fault: .place(expected: end - data), byte: start))
            }
            end = tensor.bytes.upperBound
        }
        guard end == file.byteCount else {
            throw TransformerError(
                path, .broken("no tensor has the \(file.byteCount - end) bytes from here on", byte: end))
        }
        self.tensors = tensors
        places = Dictionary(uniqueKeysWithValues: tensors.indices.map { (tensors[$0].name, $0) })
    }

    private static func tensor(
        _ name: String, _ entry: Entry, data: Int, path: String
    ) throws(TransformerError) -> Tensor {
        guard entry.dataOffsets.count == 2, entry.dataOffsets[0] >= 0,
            entry.dataOffsets[0] <= entry.dataOffsets[1], entry.dataOffsets[1] <= Int.max / 2
        else {
            throw TransformerError(path, .malformed("\(name).data_offsets are not a start and an end after it"))
        }
        var count = 1
        for size in entry.shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow, product <= Int.max / 16 else {
                throw TransformerError(path, .malformed("\(name).shape is \(entry.shape)"))
            }
            count = product
        }
        let bytes = data + entry.dataOffsets[0]..<data + entry.dataOffsets[1]
        if let size = width(of: entry.dtype), size * count != bytes.count {
            throw TransformerError(
                path, .tensor(name, fault: .size(bytes.count, wanted: size * count), byte: bytes.lowerBound))
        }
        return Tensor(name: name, type: entry.dtype, shape: entry.shape, bytes: bytes, count: count)
    }

    /// Bytes of a value; nil for a type that is not known.
    private static func width(of type: String) -> Int? {
        switch type {
        case "BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2": 1
        case "F16", "BF16", "I16", "U16": 2
        case "F32", "I32", "U32": 4
        case "F64", "I64", "U64": 8
        default: nil
        }
    }

    public subscript(name: String) -> Tensor? { places[name].map { tensors[$0] } }

    /// The values of a tensor as 32-bit floats, its last dimension running fastest. O(count).
    ///
    /// - Parameters:
    ///   - shape: that it must have.
    ///   - file: the bytes that this was read from.
    /// - Throws: also where a value is infinite or not a number, which would make every vector so.
    public func values(_ name: String, shape: [Int], of file: RawSpan) throws(TransformerError) -> [Float] {
        guard let tensor = self[name] else { throw TransformerError(path, .noTensor(name)) }
        func fault(_ fault: TransformerError.TensorFault, at byte: Int? = nil) -> TransformerError {
            TransformerError(path, .tensor(name, fault: fault, byte: byte ?? tensor.bytes.lowerBound))
        }
        guard tensor.shape == shape else { throw fault(.shape(tensor.shape, wanted: shape)) }
        guard tensor.bytes.upperBound <= file.byteCount else { throw TransformerError(path, .changed) }
        let bytes = file.extracting(tensor.bytes)
        let values: [Float]
        switch tensor.type {
        case "F32":
            values = bytes.array(of: UInt32.self, count: tensor.count) { Float(bitPattern: UInt32(littleEndian: $0)) }
        case "F16":
            values = bytes.array(of: UInt16.self, count: tensor.count) { Self.half(UInt16(littleEndian: $0)) }
        case "BF16":
            values = bytes.array(of: UInt16.self, count: tensor.count) {
                Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16)
            }
        default: throw fault(.type(tensor.type))
        }
        if let place = values.firstIndex(where: { !$0.isFinite }) {
            throw fault(.notFinite, at: tensor.bytes.lowerBound + place * (tensor.bytes.count / tensor.count))
        }
        return values
    }

    /// IEEE's 16-bit floats, which Swift has no type for on every processor.
    static func half(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10 & 0x1F)
        let fraction = UInt32(bits & 0x3FF)
        switch exponent {
        case 0:
            // Subnormal: the fraction in units of 2⁻²⁴, which a float holds exactly.
            let value = Float(fraction) * Float(sign: .plus, exponent: -24, significand: 1)
            return sign == 0 ? value : -value
        case 0x1F: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
