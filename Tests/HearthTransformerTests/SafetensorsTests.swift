import Foundation
import HearthFiles
import Testing

@testable import HearthTransformer

@Suite struct SafetensorsTests {
    /// A file of the format with this header, and as many bytes of data.
    private func file(_ header: String, data: [UInt8] = []) -> [UInt8] {
        let header = Array(header.utf8)
        return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header + data
    }

    private func read(_ bytes: [UInt8]) throws -> Safetensors {
        unsafe try Safetensors(bytes.span.bytes, path: "m")
    }

    private func message(_ bytes: [UInt8]) -> String {
        do {
            _ = try read(bytes)
            return "taken"
        } catch { return "\(error)" }
    }

    @Test func valuesOfEveryType() throws {
        let header =
            #"{"__metadata__":{"format":"pt"},"b":{"dtype":"F16","shape":[5],"data_offsets":[8,18]},"#
            + #""a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},"#
            + #""c":{"dtype":"BF16","shape":[2],"data_offsets":[18,22]},"e":{"dtype":"F32","shape":[0,4],"data_offsets":[22,22]},"#
            + #""d":{"dtype":"I64","shape":[1],"data_offsets":[22,30]}}  "#
        var data: [UInt8] = [0, 0, 0x80, 0x3F, 0, 0, 0x20, 0xC0]
        // 1, -2, the least subnormal, the greatest, 0.333…
        for half in [UInt16(0x3C00), 0xC000, 0x0001, 0x7BFF, 0x3555] { data += [UInt8(half & 0xFF), UInt8(half >> 8)] }
        data += [0x80, 0x3F, 0x49, 0xC0] + Array(repeating: 1, count: 8)
        let bytes = file(header, data: data)
        let tensors = try read(bytes)
        #expect(tensors.tensors.map(\.name) == ["a", "b", "c", "e", "d"])
        func values(_ name: String, _ shape: [Int]) throws -> [Float] {
            unsafe try tensors.values(name, shape: shape, of: bytes.span.bytes)
        }
        #expect(try values("a", [2, 1]) == [1, -2.5])
        #expect(try values("b", [5]) == [1, -2, 0x1p-24, 65504, 0.333251953125])
        #expect(try values("c", [2]) == [1, -3.140625])
        #expect(try values("e", [0, 4]) == [])
        let start = 8 + header.utf8.count
        for (name, shape, wanted) in [
            ("d", [1], "m, byte \(start + 22): tensor d has the type I64, not F32, F16 or BF16"),
            ("a", [1, 2], "m, byte \(start): tensor a has the shape [2, 1], config.json wants [1, 2]"),
            ("x", [1], "m has no tensor x"),
        ] {
            do {
                _ = try values(name, shape)
                Issue.record("\(name) was taken")
            } catch { #expect("\(error)" == wanted) }
        }
    }

    /// Of all 65,536, by arithmetic that has nothing of the bits in it.
    @Test func halfFloats() {
        for bits in UInt16.min...UInt16.max {
            let exponent = Int(bits >> 10 & 31)
            let fraction = Double(bits & 1023)
            let value = Safetensors.half(bits)
            if exponent == 31 {
                #expect(fraction == 0 ? value.isInfinite : value.isNaN)
                continue
            }
            let size =
                exponent == 0 ? fraction / 1024 * pow(2, -14) : (1 + fraction / 1024) * pow(2, Double(exponent - 15))
            #expect(Double(value) == (bits >> 15 == 1 ? -size : size))
        }
    }

    @Test func brokenFilesAreRefusedWithThePlace() {
        #expect(message([1, 2, 3]) == "m, byte 3: the file ends within the length of its header")
        #expect(
            message(Array(repeating: 0xFF, count: 9))
                == "m, byte 0: a header of 18446744073709551615 bytes is longer than the format allows")
        #expect(message([40, 0, 0, 0, 0, 0, 0, 0, 0x7B]) == "m, byte 9: the file ends within its header of 40 bytes")
        #expect(message(file("[]")) == "m, byte 8: the header is no JSON object")
        #expect(message(file("{")) == "m is malformed: it is no JSON")
        #expect(message(file("")) == "m, byte 8: the header is no JSON object")
        #expect(message(file(#"{"a":1}"#)) == "m is malformed: a has the wrong type")
        #expect(message(file(#"{"a":{"dtype":"F32","shape":[1]}}"#)) == "m lacks a.data_offsets")
        #expect(message(file("{}")) == "taken")
        #expect(message(file("{}", data: [1])) == "m, byte 10: no tensor has the 1 bytes from here on")
    }

    @Test(arguments: [
        (#""shape":[1],"data_offsets":[0,4]"#, 4, "taken"),
        (#""shape":[1],"data_offsets":[0,4]"#, 3, "byte 62: tensor a ends at byte 4 of the data, which has 3"),
        (#""shape":[1],"data_offsets":[0,8]"#, 8, "byte 62: tensor a has 8 bytes, its shape takes 4"),
        (#""shape":[1],"data_offsets":[4,8]"#, 8, "byte 66: tensor a leaves a gap"),
        (#""shape":[1],"data_offsets":[8,4]"#, 8, "a.data_offsets are not a start and an end"),
        (#""shape":[1],"data_offsets":[-4,0]"#, 8, "a.data_offsets are not a start and an end"),
        (#""shape":[1],"data_offsets":[0]"#, 8, "a.data_offsets are not a start and an end"),
        (#""shape":[-1],"data_offsets":[0,4]"#, 4, "a.shape is [-1]"),
        (#""shape":[4611686018427387904,4],"data_offsets":[0,4]"#, 4, "a.shape is"),
        (#""shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]"#, 4, "malformed"),
    ]) func places(entry: String, data: Int, wanted: String) {
        let text = message(file(#"{"a":{"dtype":"F32",\#(entry)}}"#, data: Array(repeating: 0, count: data)))
        #expect(text.contains(wanted), "\(text)")
    }

    @Test func overlapsAreRefused() {
        let header =
            #"{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}"#
        #expect(
            message(file(header, data: Array(repeating: 0, count: 6))).contains("tensor b leaves a gap or an overlap"))
    }
}
