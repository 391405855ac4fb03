package org.bascule.domain.transparency;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bascule.wire.log.TreeHead;

/** A file of signed heads, one as JSON on each line; it is only appended to, and each line is on the disk before the call returns. */
final class AnchorFile {

    private final Path path;

    AnchorFile(Path path) {
        this.path = path;
    }

    void append(TreeHead head) throws IOException {
        ByteBuffer line = StandardCharsets.UTF_8.encode(head.toJson() + "\n");
        try (FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            while (line.hasRemaining()) {
                channel.write(line);
            }
            channel.force(true);
        }
    }
}
