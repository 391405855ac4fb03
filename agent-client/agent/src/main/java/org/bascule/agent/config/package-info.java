/** The owner's settings of a device as one text that can be kept, or taken to another device. No secret is in it, and nothing that is this device's alone. */
@NullMarked
package org.bascule.agent.config;

import org.jspecify.annotations.NullMarked;
