package import HearthProfile

extension Profile {
    /// Every row with everything that belongs to it, in an order that does not depend on that of rows and tables: equal for
    /// profiles that say the same.
    package var canonicalRows: [String] {
        let frames = frames.map { frame in
            let image = frame.image.map { id in
                let image = self.image(id)
                return "\(image.path) \(image.buildID) \(image.start) \(image.end) \(image.bias) \(image.fileOffset)"
            }
            return "[\(strings[frame.name])|\(strings[frame.fullName])|\(strings[frame.file])|\(frame.line)|"
                + "\(image ?? "-")|\(frame.address)|\(frame.kind.rawValue)|\(frame.thunk?.rawValue ?? 255)]"
        }
        var stacks = [""]
        for index in 1..<max(self.stacks.count, 1) {
            stacks.append(
                stacks[Int(self.stacks.parents[index].rawValue)] + frames[Int(self.stacks.frames[index].rawValue)])
        }
        let sets = labels.sets.map { set in
            set.sorted { $0.key < $1.key }.map { key, value in
                switch value {
                case .text(let text): "\(key)=\(text.debugDescription)"
                case .number(let number, let unit): "\(key)=\(number) \(unit)"
                }
            }
        }
        return samples.enumerated().map { row, sample in
            let block = sample.block.map(String.init) ?? "-"
            let stack = stacks[Int(sample.stack.rawValue)]
            return "\(Array(values(row: row))) \(stack) \(sets[Int(sample.labels.rawValue)]) block \(block)"
        }.sorted()
    }

    /// What stands beside the rows.
    package var head: String {
        let attributes = attributes.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "\(sampleTypes) \(defaultSampleType) \(periodType) \(period) \(startTime) \(duration) \(attributes)"
    }

    /// The same without time blocks, rows that fall together added up.
    package var withoutBlocks: Profile {
        var result = mapSamples { sample, _ in
            var sample = sample
            sample.block = nil
            return sample
        }
        result.blockDuration = 0
        return result
    }
}
