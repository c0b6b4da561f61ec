public func leaf(_ number: Int) async -> Int {
    await Task.yield()
    return number + 1
}

public func middle(_ number: Int) async -> Int { await leaf(number) + 1 }
