package import CMoteAPI
internal import CPlatform
internal import MoteEngine
internal import MoteMemory
internal import MotePlatform

@c @implementation
package func mote_memory_report(
    _ format: mote_report_format_t,
    _ buffer: UnsafeMutablePointer<CChar>?,
    _ size: UInt64
) -> UInt64 {
    guard let state = Door.current, format == MOTE_REPORT_TEXT || format == MOTE_REPORT_JSON else {
        if size > 0 { buffer?[0] = 0 }
        return 0
    }
    var report = MemoryReportText(
        text: TextWriter(buffer, sizeInBytes: Int(clamping: size)),
        isJSON: format == MOTE_REPORT_JSON
    )
    report.write(state.pointee.engine)
    return UInt64(report.text.wantedCount &+ 1)
}

/// Bytes by region and by owner, for people or for programs.
private struct MemoryReportText {
    var text: TextWriter
    let isJSON: Bool

    mutating func write(_ runtime: EngineRuntime) {
        let ledger = runtime.ledger
        begin("regions", "region", isFirst: true)
        var isFirst = true
        for row in 0..<Region.count {
            guard let region = Region(rawValue: UInt8(truncatingIfNeeded: row)), ledger.peak[row] > 0 else {
                continue
            }
            writeRow(region.name, nil, ledger.current[row], ledger.peak[row], isFirst: isFirst)
            isFirst = false
        }
        endList()
        writeSum("total", ledger.total, ledger.totalPeak)
        begin("owners", "owner", isFirst: false)
        isFirst = true
        runtime.forEachOwner { kind, number, account in
            writeRow(kind.name, Int(number), account.total, account.totalPeak, isFirst: isFirst)
            isFirst = false
        }
        endList()
        let heap = GlobalHeap.statistics(runtime.heap)
        if heap.poolTotalInBytes > 0 {
            writeSum("pool", heap.poolTotalInBytes &- heap.poolFreeInBytes, heap.poolPeakInBytes)
            writeSize("poolSize", "of the pool's", heap.poolTotalInBytes)
        }
        if isJSON { text.write("}") }
    }

    private mutating func begin(_ key: Text, _ title: Text, isFirst: Bool) {
        if isJSON {
            text.write(isFirst ? "{\"" : ",\"")
            text.write(key)
            text.write("\":[")
        } else {
            if !isFirst { text.write("\n") }
            text.write(title)
            pad(from: title.count, to: 24)
            text.write("bytes now")
            pad(from: 9, to: 14)
            text.write("at most\n")
        }
    }

    private mutating func endList() {
        if isJSON { text.write("]") }
    }

    private mutating func writeRow(
        _ name: Text,
        _ number: Int?,
        _ bytes: Int,
        _ peak: Int,
        isFirst: Bool
    ) {
        if isJSON {
            text.write(isFirst ? "{\"name\":\"" : ",{\"name\":\"")
            text.write(name)
            text.write("\"")
            if let number {
                text.write(",\"number\":")
                text.write(number: number)
            }
            writeNumbers(bytes, peak)
        } else {
            let start = text.wantedCount
            text.write(name)
            if let number {
                text.write(" ")
                text.write(number: number)
            }
            writeLine(from: start, bytes, peak)
        }
    }

    private mutating func writeSum(_ name: Text, _ bytes: Int, _ peak: Int) {
        if isJSON {
            text.write(",\"")
            text.write(name)
            text.write("\":{\"bytes\":")
            text.write(number: bytes)
            text.write(",\"peak\":")
            text.write(number: peak)
            text.write("}")
        } else {
            let start = text.wantedCount
            text.write(name)
            writeLine(from: start, bytes, peak)
        }
    }

    private mutating func writeSize(_ key: Text, _ title: Text, _ bytes: Int) {
        if isJSON {
            text.write(",\"")
            text.write(key)
            text.write("\":")
        } else {
            text.write(title)
            pad(from: title.count, to: 24)
        }
        text.write(number: bytes)
        if !isJSON { text.write("\n") }
    }

    private mutating func writeNumbers(_ bytes: Int, _ peak: Int) {
        text.write(",\"bytes\":")
        text.write(number: bytes)
        text.write(",\"peak\":")
        text.write(number: peak)
        text.write("}")
    }

    private mutating func writeLine(from start: Int, _ bytes: Int, _ peak: Int) {
        pad(from: text.wantedCount &- start, to: 24)
        let middle = text.wantedCount
        text.write(number: bytes)
        pad(from: text.wantedCount &- middle, to: 14)
        text.write(number: peak)
        text.write("\n")
    }

    private mutating func pad(from count: Int, to column: Int) {
        text.write(" ")
        var count = count &+ 1
        while count < column {
            text.write(" ")
            count &+= 1
        }
    }
}
