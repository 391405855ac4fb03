/**
 * Requests for help that are raised at a device (requirement DOM-6): who may ask, who may take and close them, and what both sides are told.
 *
 * <p>Invariants: a device has one open request at a time; its id is the device's, so that a request which is sent again is the same one; everything that the
 * device says is hostile text. Options of the domain are read here, and set elsewhere.
 */
@NullMarked
package org.bascule.domain.assistance;

import org.jspecify.annotations.NullMarked;
