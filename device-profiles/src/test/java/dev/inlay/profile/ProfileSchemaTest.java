// SPDX-License-Identifier: Apache-2.0
package dev.inlay.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The JSON schema by which profiles are written. */
final class ProfileSchemaTest {
    private static final JsonSchema SCHEMA = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
            .getSchema(resource("schema/profile.schema.json"));

    private static InputStream resource(String name) {
        return Objects.requireNonNull(ProfileSchemaTest.class.getResourceAsStream(name));
    }

    private static JsonNode profile(String id) throws IOException {
        try (InputStream json = resource(id + ".json")) {
            return new ObjectMapper().readTree(json);
        }
    }

    @Test
    void everyProfileKeepsToTheSchema() throws IOException {
        for (DeviceProfile profile : ProfileCatalog.shipped().profiles()) {
            assertEquals(Set.of(), SCHEMA.validate(profile(profile.id())), profile.id());
        }
    }

    @Test
    void aFigureWithoutASourceDoesNot() throws IOException {
        JsonNode profile = profile("gtx-1080");
        ((ObjectNode) profile.at("/peaks/f32")).remove("source");
        assertFalse(SCHEMA.validate(profile).isEmpty());
        JsonNode wrongUnit = profile("gtx-1080");
        ((ObjectNode) wrongUnit.at("/peaks/f32")).put("unit", "Top/s");
        assertFalse(SCHEMA.validate(wrongUnit).isEmpty());
    }

    /** What the reader knows, the schema lists, and nothing else. */
    @Test
    void theSchemaListsWhatTheReaderKnows() throws IOException {
        JsonNode schema = SCHEMA.getSchemaNode();
        assertEquals(
                Resource.values().length,
                schema.at("/properties/resources/properties").size());
        assertEquals(
                Carrier.values().length,
                schema.at("/properties/peaks/properties").size());
        for (Resource resource : Resource.values()) {
            assertTrue(schema.at("/properties/resources/properties").has(resource.label()), resource.label());
        }
    }
}
