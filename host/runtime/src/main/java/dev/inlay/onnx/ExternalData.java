// SPDX-License-Identifier: Apache-2.0
package dev.inlay.onnx;

import ai.onnx.proto.OnnxMl;
import dev.inlay.graph.GraphException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Tensor data in files beside the model; a file outside the model's folder is never opened. */
final class ExternalData {
    private static final long CHUNK_BYTES = 1L << 26;

    private final Path folder;

    /**
     * @param folder the model's folder
     */
    ExternalData(Path folder) {
        this.folder = folder;
    }

    /**
     * Fills {@code target} from the file that a tensor's entries name.
     *
     * @param what the tensor, for messages
     * @throws GraphException if the file lies elsewhere, cannot be read, or does not hold these bytes
     */
    void read(String what, OnnxMl.TensorProto tensor, MemorySegment target) {
        Map<String, String> entries = new HashMap<>();
        for (OnnxMl.StringStringEntryProto entry : tensor.getExternalDataList()) {
            if (entries.put(entry.getKey(), entry.getValue()) != null) {
                throw new GraphException(what + ": got external data key \"" + entry.getKey() + "\" twice");
            }
        }
        String location = entries.getOrDefault("location", "");
        long offset = number(what, entries, "offset", 0);
        long length = number(what, entries, "length", target.byteSize());
        if (length != target.byteSize()) {
            throw new GraphException(
                    what + ": got external data of " + length + " bytes, expected " + target.byteSize());
        }
        Path file = inside(what, location);
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            if (channel.size() < offset || channel.size() - offset < length) {
                throw new GraphException(what + ": got " + channel.size() + " bytes in external data \"" + location
                        + "\", expected " + length + " from offset " + offset);
            }
            long done = 0;
            while (done < length) {
                ByteBuffer chunk = target.asSlice(done, Math.min(CHUNK_BYTES, length - done))
                        .asByteBuffer();
                int count = channel.read(chunk, offset + done);
                if (count <= 0) {
                    throw new GraphException(what + ": external data \"" + location + "\" ended early");
                }
                done += count;
            }
        } catch (IOException e) {
            throw unreadable(what, location, e);
        }
    }

    private Path inside(String what, String location) {
        try {
            Path relative = Path.of(location);
            boolean climbs = false;
            for (Path part : relative) {
                climbs |= part.toString().equals("..");
            }
            if (location.isEmpty() || relative.isAbsolute() || climbs) {
                throw new GraphException(what + ": got external data location \"" + location
                        + "\", expected a relative path inside the model's folder");
            }
            Path root = folder.toRealPath();
            Path file = root.resolve(relative).toRealPath();
            if (!file.startsWith(root) || !Files.isRegularFile(file)) {
                throw new GraphException(what + ": got external data location \"" + location
                        + "\", expected a regular file inside the model's folder");
            }
            return file;
        } catch (InvalidPathException | IOException e) {
            throw unreadable(what, location, e);
        }
    }

    private static GraphException unreadable(String what, String location, Exception cause) {
        return new GraphException(
                what + ": got external data location \"" + location + "\", expected a readable file ("
                        + cause.getClass().getSimpleName() + ")",
                cause);
    }

    private static long number(String what, Map<String, String> entries, String key, long absent) {
        String text = entries.get(key);
        if (text == null) {
            return absent;
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new GraphException(
                    what + ": got external data " + key + " \"" + text + "\", expected a number of bytes", e);
        }
        throw new GraphException(what + ": got external data " + key + " " + text + ", expected >= 0");
    }
}
