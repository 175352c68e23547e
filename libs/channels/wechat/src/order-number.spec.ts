import { describe, expect, it } from '@jest/globals';
import { findOrderNumber } from './order-number.js';

const USUAL = { names: [], patterns: [] };

describe('the order of a card', () => {
  it.each([
    ['pages/order/detail?orderNo=20261124000187&from=list', '', '20261124000187'],
    ['pages/order/detail?order_id=A-77120', '', 'A-77120'],
    ['/pages/index?out_trade_no=4200001234202611240', '', '4200001234202611240'],
    ['pages/orderDetail/index.html?id=88120034', '', '88120034'],
    ['pages/order/20261124000187/logistics', '', '20261124000187'],
    ['pages/index?scene=orderNo%3D20261124000187', '', '20261124000187'],
    ['pages/index/index', '订单号：TB-20261124-0187 已发货', 'TB-20261124-0187'],
    ['pages/index/index', '订单 20261124000187', '20261124000187'],
    ['pages/index/index', 'Order #A77120 shipped', 'A77120'],
    ['pages/index/index', 'Your order number: 77120', '77120'],
  ])('stands in %s %s', (page, title, expected) => {
    expect(findOrderNumber(page, title, USUAL)).toBe(expected);
  });

  it.each([
    ['pages/goods/detail?id=88123', '秋季新品 2026'],
    ['pages/goods/detail?sku=88123', 'Lamp 2026'],
    ['pages/order/list', '我的订单'],
    ['pages/order/detail?orderNo=', 'Order today, get 20 off'],
    ['pages/order/detail?orderNo=%E4%B8%AD', ''],
    ['', ''],
    ['%%%?%%%', '%%%'],
  ])('is not guessed from %s %s', (page, title) => {
    expect(findOrderNumber(page, title, USUAL)).toBeUndefined();
  });

  it('stands under the shop’s own name before any other', () => {
    const page = 'pages/index?orderNo=111111&dd_hao=DD20261124';
    expect(findOrderNumber(page, '', { names: ['ddHao'], patterns: [] })).toBe('DD20261124');
  });

  it('takes no time to find in a title made to be slow', () => {
    expect(findOrderNumber('', `订单${'a'.repeat(50_000)}`, USUAL)).toBeUndefined();
    expect(findOrderNumber('', 'order '.repeat(20_000), USUAL)).toBeUndefined();
  });

  it.each([
    ['pages/goods/detail?ref=TB-20261124-07', '', 'TB-20261124-07'],
    ['pages/index?scene=x%3DTB-20261124-07', '', 'TB-20261124-07'],
    ['pages/TB-20261124-07/goods', '', 'TB-20261124-07'],
    ['pages/index', '秋季新品（TB-20261124-07）', 'TB-20261124-07'],
    ['pages/order/detail?orderNo=20261124000187', '订单 TB-20261124-077', undefined],
    ['pages/order/detail?orderNo=20261124000187', 'tb-20261124-07', undefined],
  ])('is what fits the shop’s pattern alone, in %s %s', (page, title, expected) => {
    expect(findOrderNumber(page, title, { names: ['orderNo'], patterns: ['TB-########-##'] })).toBe(expected);
  });

  it('fits a pattern’s letters in either case', () => {
    const rules = { names: [], patterns: ['@@-###'] };
    expect(findOrderNumber('p?a=aB-123', '', rules)).toBe('aB-123');
    expect(findOrderNumber('p?a=a1-123', '', rules)).toBeUndefined();
  });
});
