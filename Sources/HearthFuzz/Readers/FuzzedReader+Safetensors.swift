internal import HearthTransformer

extension FuzzedReader {
    /// Whatever the header says, tensors lie within the file, one behind the other, and have the values that their shape takes.
    func checkSafetensors(_ input: [UInt8]) throws(BrokenLaw) {
        let file: Safetensors
        do {
            file = unsafe try Safetensors(input.span.bytes, path: "fuzzed")
        } catch {
            return
        }
        var end: Int?
        for tensor in file.tensors {
            try hold(tensor.bytes.upperBound <= input.count, "\(tensor.name) lies within the file")
            try hold(end == nil || tensor.bytes.lowerBound == end, "\(tensor.name) starts where the one before ends")
            end = tensor.bytes.upperBound
            try hold(file[tensor.name] == tensor, "\(tensor.name) is found by its name")
            do {
                let values = unsafe try file.values(tensor.name, shape: tensor.shape, of: input.span.bytes)
                try hold(values.count == tensor.shape.reduce(1, *), "\(tensor.name) has the values of its shape")
                try hold(values.allSatisfy(\.isFinite), "\(tensor.name) has numbers")
            } catch let law as BrokenLaw {
                throw law
            } catch {
                continue
            }
        }
        try hold(end == nil || end == input.count, "the tensors take the whole file")
    }
}
