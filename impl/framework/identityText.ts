/**
 * # The text of identity files
 *
 * What `readServiceIdentity` and `readPrivateIdentity` read, as System.Text.Json writes it for
 * the original: its properties, their order, its escapes in strings, no white space. Administrators,
 * of whom the original knows nothing, come last, and only where the service has the property.
 */
import type { PrivateIdentity, ServiceIdentity } from './identity.ts';

export const serviceFileText = (service: ServiceIdentity): string =>
  object({
    FriendlyName: string(service.friendlyName),
    ServiceType: string(service.serviceType),
    Servers: `[${service.servers.map((server) =>
      object({
        FriendlyName: string(server.friendlyName),
        PublicKey: base64(server.publicKey),
        HostNameOrAddress: string(server.host),
        Port: `${server.port}`,
      }),
    )}]`,
    UseSsl: `${service.useSsl}`,
    ...(service.administrators && {
      Administrators: `[${service.administrators.map((administrator) =>
        object({
          FriendlyName: string(administrator.friendlyName),
          PublicKey: base64(administrator.publicKey),
        }),
      )}]`,
    }),
  });

export const privateFileText = (me: PrivateIdentity): string =>
  object({
    FriendlyName: string(me.friendlyName),
    Pkcs12: base64(me.pkcs12),
    HostNameOrAddress: string(me.host),
    Port: `${me.port}`,
  });

/** A JSON object of members whose values are JSON already. */
const object = (members: Readonly<Record<string, string>>): string =>
  `{${Object.entries(members).map(([name, json]) => `"${name}":${json}`)}}`;

const base64 = (bytes: Uint8Array): string => `"${Buffer.from(bytes).toString('base64')}"`;

/** Whatever is not printable ASCII, or means something in HTML, goes by its code. */
const string = (text: string): string =>
  `"${text.replaceAll('\\', '\\\\').replaceAll(/[^ -~]|["&'+<>`]/g, code)}"`;

const code = (unit: string): string =>
  `\\u${unit.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
