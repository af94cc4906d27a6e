// SPDX-License-Identifier: Apache-2.0
package dev.inlay.samples.training;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;

/** Made images whose label is their number modulo ten. */
final class TestImages {
    /** The pixel of an image, 0 to 255. */
    interface Painter {
        int pixel(int image, int row, int column);
    }

    private TestImages() {}

    static LabelledImages write(Path folder, int count, Painter painter) throws IOException {
        Path images = folder.resolve("images.gz");
        try (var out = new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(images)))) {
            out.writeInt(0x00000803);
            out.writeInt(count);
            out.writeInt(LabelledImages.SIDE);
            out.writeInt(LabelledImages.SIDE);
            for (int image = 0; image < count; image++) {
                for (int pixel = 0; pixel < LabelledImages.PIXELS; pixel++) {
                    out.writeByte(painter.pixel(image, pixel / LabelledImages.SIDE, pixel % LabelledImages.SIDE));
                }
            }
        }
        Path labels = folder.resolve("labels.gz");
        try (var out = new DataOutputStream(new GZIPOutputStream(Files.newOutputStream(labels)))) {
            out.writeInt(0x00000801);
            out.writeInt(count);
            for (int image = 0; image < count; image++) {
                out.writeByte(image % 10);
            }
        }
        return LabelledImages.of(IdxFile.read(images), IdxFile.read(labels));
    }
}
