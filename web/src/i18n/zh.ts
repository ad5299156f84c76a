import core from "./zh.json";
import platform from "../platform/words.zh.json";
import team from "../team/words.zh.json";
import products from "../products/words.zh.json";
import imports from "../imports/words.zh.json";
import settings from "../settings/words.zh.json";
import onboarding from "../onboarding/words.zh.json";
import account from "../account/words.zh.json";
import apikeys from "../apikeys/words.zh.json";
import audit from "../audit/words.zh.json";
import signin from "../signin/words.zh.json";

/** The words of the whole app: what all areas share, and each area's own under its name. */
export default { ...core, platform, team, products, imports, settings, onboarding, account, apikeys, audit, signin };
