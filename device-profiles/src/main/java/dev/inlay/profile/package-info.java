// SPDX-License-Identifier: Apache-2.0
/**
 * What is known of a device beforehand: peaks, bandwidths, resources and quirks, each with its source.
 *
 * <p>A profile is one JSON file in this package's resources; adding a device is adding a file. Every quantity is an
 * object {@code {value, unit, source}}, optionally with the {@code derivation} that leads from the source to the value.
 * What is not known is absent, and an unknown field, a missing one, a wrong unit or a value out of range is an error
 * that names the file and the field. {@link dev.inlay.profile.ProfileCatalog} finds the profile of a device that is
 * there, or of a board that is only modelled.
 */
@NullMarked
package dev.inlay.profile;

import org.jspecify.annotations.NullMarked;
